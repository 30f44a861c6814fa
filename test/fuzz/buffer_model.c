/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * buffer_model.c - runs buffer_fuzz.c without a fuzzer.
 *
 *   buffer_model SEED STEPS      random steps from a seed
 *   buffer_model FILE            steps from the bytes of a file
 */
#include <stdio.h>
#include <stdlib.h>

#include "buffer_fuzz.h"

/* Steps from the bytes of a file. */
static int
run_file(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *file = fopen(path, "rb");

	if (!file) {
		perror(path);
		return 1;
	}
	size_t size = fread(data, 1, sizeof(data), file);

	fclose(file);
	return LLVMFuzzerTestOneInput(data, size);
}

int
main(int argc, char **argv)
{
	if (argc == 2)
		return run_file(argv[1]);
	if (argc != 3) {
		fprintf(stderr, "usage: buffer_model SEED STEPS | FILE\n");
		return 2;
	}

	uint64_t seed = strtoull(argv[1], NULL, 10);
	unsigned long steps = strtoul(argv[2], NULL, 10);
	long references = buffer_fuzz_run(seed, steps);

	printf("seed %llu: %lu steps, %ld references, no difference\n",
	    (unsigned long long)seed, steps, references);
	return 0;
}
