/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memory.c - the library's memory under watch.
 *
 * The hooks hand out plain malloc() blocks and keep a hash table of the live
 * ones, so a block may also be freed by free() without harm (it then counts
 * as leaked).  The table is open addressing with linear probing; a slot with
 * ptr NULL is empty, and removal shifts the cluster back.
 *
 * test_memory_check_reachable() is a conservative mark phase: from the stack
 * and the writable segments of every loaded object, through live blocks; what
 * it does not reach, nobody can ever free.  It sees no thread but its own.
 *
 * One mutex guards everything here; hooks may be called by any thread.
 */
#include <dirent.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "harness.h"

TEST_WEAK void event_set_mem_functions(void *(*malloc_fn)(size_t),
    void *(*realloc_fn)(void *, size_t), void (*free_fn)(void *));

struct block {
	void *ptr;
	size_t size;
	unsigned long serial; /* which allocation it was, from 1 */
	int is_marked;
};

static struct {
	struct block *slots;
	size_t cap; /* power of two */
	size_t count;
	unsigned long made; /* allocations tried since armed */
	size_t total;       /* blocks made */
	int is_armed;
} table;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* Where `ptr` would sit if nothing else were there. */
static size_t
home_of(const void *ptr)
{
	uint64_t key = (uint64_t)(uintptr_t)ptr >> 4;

	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
	    (table.cap - 1);
}

/* The slot of `ptr`, or the empty slot where it belongs. */
static struct block *
find_slot(const void *ptr)
{
	size_t at = home_of(ptr);

	while (table.slots[at].ptr && table.slots[at].ptr != ptr)
		at = (at + 1) & (table.cap - 1);
	return &table.slots[at];
}

/* Double the table (or make the first one). */
static void
grow(void)
{
	struct block *old = table.slots;
	size_t old_cap = table.cap;

	table.cap = old_cap ? 2 * old_cap : 1024;
	table.slots = calloc(table.cap, sizeof(*table.slots));
	if (!table.slots)
		abort();
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i].ptr)
			*find_slot(old[i].ptr) = old[i];
	}
	free(old);
}

/* Remember a block that malloc() just gave. */
static void
insert(void *ptr, size_t size)
{
	if (2 * (table.count + 1) > table.cap)
		grow();

	struct block *slot = find_slot(ptr);

	/* Still there: the test gave it to free() behind our back. */
	if (!slot->ptr)
		table.count++;
	*slot = (struct block){ ptr, size, table.made, 0 };
	table.total++;
}

/* Forget `ptr`; false if it is not a live block. */
static int
remove_block(const void *ptr)
{
	if (!table.cap)
		return 0;

	struct block *slot = find_slot(ptr);

	if (!slot->ptr)
		return 0;

	size_t hole = (size_t)(slot - table.slots);
	size_t at = hole;

	for (;;) {
		at = (at + 1) & (table.cap - 1);
		if (!table.slots[at].ptr)
			break;
		size_t home = home_of(table.slots[at].ptr);
		if (((at - home) & (table.cap - 1)) >=
		    ((at - hole) & (table.cap - 1))) {
			table.slots[hole] = table.slots[at];
			hole = at;
		}
	}
	table.slots[hole].ptr = NULL;
	table.count--;
	return 1;
}

/* Count an allocation; is it the one that has to fail? */
static int
must_fail(void)
{
	if (!table.is_armed)
		return 0;
	table.made++;
	if (!test_fault.alloc_at)
		return 0;
	if (table.made != test_fault.alloc_at &&
	    !(test_fault.alloc_from && table.made > test_fault.alloc_at))
		return 0;
	test_shared->has_struck = 1;
	return 1;
}

static void *
hook_malloc(size_t size)
{
	void *ptr = NULL;

	pthread_mutex_lock(&mutex);
	if (!must_fail())
		ptr = malloc(size);
	if (ptr) {
		/* Whoever relies on zeroed or old bytes shall notice. */
		memset(ptr, 0xa5, size);
		insert(ptr, size);
	} else {
		errno = ENOMEM;
	}
	pthread_mutex_unlock(&mutex);
	return ptr;
}

/* A block came back that is not live: the library's (or test's) bug. */
__attribute__((noreturn)) static void
die_of_bad_free(const void *ptr)
{
	fprintf(stderr, "freed or grown, but not a live block: %p\n", ptr);
	fflush(stderr);
	abort();
}

static void
hook_free(void *ptr)
{
	int saved = errno;

	if (!ptr)
		return;
	pthread_mutex_lock(&mutex);
	if (!remove_block(ptr))
		die_of_bad_free(ptr);
	free(ptr);
	pthread_mutex_unlock(&mutex);
	errno = saved;
}

static void *
hook_realloc(void *ptr, size_t size)
{
	void *grown = NULL;

	if (!ptr)
		return hook_malloc(size);
	pthread_mutex_lock(&mutex);
	if (table.cap == 0 || !find_slot(ptr)->ptr)
		die_of_bad_free(ptr);
	if (!must_fail()) {
		/* Always move, so that nobody keeps the old address. */
		size_t old_size = find_slot(ptr)->size;
		grown = malloc(size);
		if (grown)
			memcpy(grown, ptr, old_size < size ? old_size : size);
	}
	if (grown) {
		remove_block(ptr);
		free(ptr);
		insert(grown, size);
	} else {
		errno = ENOMEM;
	}
	pthread_mutex_unlock(&mutex);
	return grown;
}

void
test_memory_install(void)
{
	if (event_set_mem_functions)
		event_set_mem_functions(hook_malloc, hook_realloc, hook_free);
}

void
test_memory_arm(void)
{
	table.is_armed = 1;
}

void
test_free(void *p)
{
	hook_free(p);
}

size_t
test_blocks_live(void)
{
	return table.count;
}

size_t
test_blocks_total(void)
{
	return table.total;
}

/* Print one line about a block: its size, number and first bytes. */
static void
print_block(const struct block *block)
{
	const unsigned char *bytes = block->ptr;

	fprintf(stderr, "  allocation %lu, %zu bytes:", block->serial,
	    block->size);
	for (size_t i = 0; i < block->size && i < 16; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fputc('\n', stderr);
}

/* Print the live blocks for which is_marked is 0; how many there are. */
static int
print_unmarked(const char *title)
{
	int count = 0;

	for (size_t i = 0; i < table.cap; i++) {
		const struct block *block = &table.slots[i];

		if (!block->ptr || block->is_marked)
			continue;
		if (count == 0)
			fprintf(stderr, "%s\n", title);
		if (count++ < 8)
			print_block(block);
	}
	if (count > 8)
		fprintf(stderr, "  and %d more\n", count - 8);
	return count;
}

int
test_memory_check_empty(void)
{
	return print_unmarked("memory of the library that nobody freed:") ? -1
									  : 0;
}

static struct block **by_address;

static int
compare_address(const void *a, const void *b)
{
	const struct block *const *left = a;
	const struct block *const *right = b;

	return ((*left)->ptr > (*right)->ptr) - ((*left)->ptr < (*right)->ptr);
}

/* The live block that `value` points at or into, or NULL. */
static struct block *
block_at(uintptr_t value)
{
	size_t low = 0, high = table.count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct block *block = by_address[mid];
		uintptr_t start = (uintptr_t)block->ptr;

		if (value < start)
			high = mid;
		else if (value - start >= (block->size ? block->size : 1))
			low = mid + 1;
		else
			return block;
	}
	return NULL;
}

static struct block **marked;
static size_t marked_count;

/* Mark every block that a word in [start, end) points into. */
__attribute__((no_sanitize("address"), noinline)) static void
mark_from(const char *start, const char *end)
{
	uintptr_t at = ((uintptr_t)start + sizeof(void *) - 1) &
	    ~(uintptr_t)(sizeof(void *) - 1);

	for (; at + sizeof(void *) <= (uintptr_t)end; at += sizeof(void *)) {
		struct block *block = block_at(*(volatile uintptr_t *)at);

		if (!block || block->is_marked)
			continue;
		block->is_marked = 1;
		marked[marked_count++] = block;
	}
}

static int
mark_from_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *seg = &info->dlpi_phdr[i];

		if (seg->p_type != PT_LOAD || !(seg->p_flags & PF_W))
			continue;
		const char *start = (char *)(info->dlpi_addr + seg->p_vaddr);
		mark_from(start, start + seg->p_memsz);
	}
	return 0;
}

/* How many threads this process has. */
static int
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int count = 0;

	if (!dir)
		return 1;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

int
test_memory_check_reachable(void)
{
	size_t count = 0;
	const char here = 0;

	if (count_threads() > 1 || table.count == 0)
		return 0;
	__builtin_unwind_init(); /* registers go onto the stack */
	by_address = calloc(table.count, sizeof(*by_address));
	marked = calloc(table.count, sizeof(*marked));
	if (!by_address || !marked)
		abort();
	for (size_t i = 0; i < table.cap; i++) {
		if (table.slots[i].ptr)
			by_address[count++] = &table.slots[i];
	}
	qsort(by_address, count, sizeof(*by_address), compare_address);

	mark_from(&here, test_stack_top);
	dl_iterate_phdr(mark_from_object, NULL);
	for (size_t i = 0; i < marked_count; i++) {
		const char *start = marked[i]->ptr;
		mark_from(start, start + marked[i]->size);
	}
	return print_unmarked("memory of the library out of reach:") ? -1 : 0;
}
