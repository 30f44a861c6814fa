/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * event_dump.c - the text event_base_dump_events writes.  Numbers that
 * change (addresses, descriptors, times) are written as N.
 */
#include "trace.h"

ROLE(io);
ROLE(sig);
ROLE(timer);
ROLE(active);
ROLE(edge);

static void
dump(struct event_base *base)
{
	char line[512], plain[512];
	FILE *file = tmpfile();

	must(file != NULL, "tmpfile");
	event_base_dump_events(base, file);
	rewind(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		normalise(plain, sizeof(plain), line);
		trace("%s", plain);
	}
	fclose(file);
}

int
main(void)
{
	struct event_base *base = new_base();
	evutil_socket_t fd[2], fd2[2];

	open_pair(fd);
	open_pair(fd2);
	dump(base);
	watch(&io, base, fd[0], EV_READ | EV_WRITE | EV_PERSIST, NULL);
	watch(&sig, base, SIGUSR1, EV_SIGNAL | EV_PERSIST, NULL);
	watch(&timer, base, -1, 0, ms(5000));
	assign(&active, base, -1, 0, on_role);
	event_active(&active.ev, EV_READ | EV_TIMEOUT, 1);
	if (event_base_get_features(base) & EV_FEATURE_ET)
		watch(&edge, base, fd2[0], EV_READ | EV_ET, ms(5000));
	dump(base);
	event_base_free(base);
	close_pair(fd);
	close_pair(fd2);
	return 0;
}
