/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * signalfd.c - signals from Linux's signalfd; elsewhere, nothing.
 */
#include "event/backend/signalfd.h"

#include <errno.h>
#include <limits.h>

#ifdef __linux__

#include <sys/signalfd.h>
#include <unistd.h>

int
evi_backend_signalfd_is_there(void)
{
	return 1;
}

int
evi_backend_signalfd_open(struct evi_backend_signalfd *self)
{
	self->fd = signalfd(-1, &self->watched, SFD_NONBLOCK | SFD_CLOEXEC);
	return self->fd < 0 ? -errno : 0;
}

void
evi_backend_signalfd_reopen(struct evi_backend_signalfd *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
}

int
evi_backend_signalfd_add(struct evi_backend_signalfd *self, int signum)
{
	sigset_t one, old;

	if (sigemptyset(&one) < 0 || sigaddset(&one, signum) < 0)
		return -errno;
	if (sigaddset(&self->watched, signum) < 0 ||
	    signalfd(self->fd, &self->watched, 0) < 0) {
		int err = errno;

		sigdelset(&self->watched, signum);
		return -err;
	}
	pthread_sigmask(SIG_BLOCK, &one, &old);
	if (!sigismember(&old, signum))
		sigaddset(&self->blocked, signum);
	return 0;
}

void
evi_backend_signalfd_remove(struct evi_backend_signalfd *self, int signum)
{
	sigset_t one;

	sigdelset(&self->watched, signum);
	(void)signalfd(self->fd, &self->watched, 0);
	if (!sigismember(&self->blocked, signum))
		return;
	sigdelset(&self->blocked, signum);
	sigemptyset(&one);
	sigaddset(&one, signum);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
}

void
evi_backend_signalfd_read(struct evi_backend_signalfd *self, unsigned *counts)
{
	struct signalfd_siginfo info;

	while (read(self->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		if (++counts[info.ssi_signo] == SHRT_MAX)
			break; /* ev_ncalls holds no more */
}

void
evi_backend_signalfd_close(struct evi_backend_signalfd *self)
{
	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
}

#else

int
evi_backend_signalfd_is_there(void)
{
	return 0;
}

int
evi_backend_signalfd_open(struct evi_backend_signalfd *self)
{
	self->fd = -1;
	return -ENOSYS;
}

void
evi_backend_signalfd_reopen(struct evi_backend_signalfd *self)
{
	(void)self;
}

int
evi_backend_signalfd_add(struct evi_backend_signalfd *self, int signum)
{
	(void)self, (void)signum;
	return -ENOSYS;
}

void
evi_backend_signalfd_remove(struct evi_backend_signalfd *self, int signum)
{
	(void)self, (void)signum;
}

void
evi_backend_signalfd_read(struct evi_backend_signalfd *self, unsigned *counts)
{
	(void)self, (void)counts;
}

void
evi_backend_signalfd_close(struct evi_backend_signalfd *self)
{
	(void)self;
}

#endif
