/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signal_test.c - handlers put in place and taken back.
 */
#include "os/signal.h"

#include <errno.h>

#include "test.h"

static volatile sig_atomic_t hits;
static volatile sig_atomic_t was_blocked;

/* Also: is another signal held back while this runs? */
static void
on_signal(int signum)
{
	sigset_t now;

	(void)signum;
	hits++;
	sigprocmask(SIG_BLOCK, NULL, &now);
	was_blocked = sigismember(&now, SIGUSR2);
}

static void
on_old(int signum)
{
	(void)signum;
	hits += 100;
}

/*
 * The handler runs, others wait meanwhile, calls restart, and the old action
 * comes back with its flags.
 */
TEST(install_and_restore)
{
	struct sigaction old = { .sa_handler = on_old, .sa_flags = SA_NODEFER };
	struct sigaction now;
	struct evi_os_signal_saved saved;

	sigaction(SIGUSR1, &old, NULL);
	CHECK_EQ(evi_os_signal_install(SIGUSR1, on_signal, &saved), 0);
	raise(SIGUSR1);
	CHECK_EQ(hits, 1);
	CHECK(was_blocked);
	sigaction(SIGUSR1, NULL, &now);
	CHECK(now.sa_flags & SA_RESTART);

	CHECK_EQ(evi_os_signal_restore(SIGUSR1, &saved), 0);
	raise(SIGUSR1);
	CHECK_EQ(hits, 101);
	sigaction(SIGUSR1, NULL, &now);
	CHECK(now.sa_flags & SA_NODEFER);
	CHECK(!(now.sa_flags & SA_RESTART));
}

/* There is no signal 0, none above the last, and SIGKILL is not ours. */
TEST(impossible_signals_are_refused)
{
	struct evi_os_signal_saved saved = { .action = { .sa_flags = 0 } };

	CHECK_EQ(evi_os_signal_install(0, on_signal, &saved), -EINVAL);
	CHECK_EQ(evi_os_signal_install(EVI_OS_SIGNAL_COUNT, on_signal, &saved),
	    -EINVAL);
	CHECK_EQ(evi_os_signal_install(SIGKILL, on_signal, &saved), -EINVAL);
	CHECK_EQ(evi_os_signal_restore(0, &saved), -EINVAL);
	CHECK_EQ(evi_os_signal_install(EVI_OS_SIGNAL_COUNT - 1, on_signal,
		     &saved),
	    0);
	CHECK_EQ(evi_os_signal_restore(EVI_OS_SIGNAL_COUNT - 1, &saved), 0);
}
