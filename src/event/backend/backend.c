/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * backend.c - which backends this build has, in order of preference.
 */
#include "event/backend/backend.h"

#include <limits.h>
#include <stddef.h>

#include "base/base.h"
#include "base/time.h"

static const struct evi_backend *const backends[] = {
#ifdef __linux__
	&evi_backend_epoll,
#endif
	&evi_backend_poll,
	&evi_backend_select,
	NULL,
};

/* What the application gets a pointer to, and may not change. */
static const char *names[] = {
#ifdef __linux__
	"epoll",
#endif
	"poll",
	"select",
	NULL,
};

const char **
evi_backend_names(void)
{
	return names;
}

const struct evi_backend *
evi_backend_at(int index)
{
	return backends[index];
}

const struct evi_backend *
evi_backend_changelist(const struct evi_backend *backend)
{
#ifdef __linux__
	if (backend == &evi_backend_epoll)
		return &evi_backend_epoll_changelist;
#endif
	return backend;
}

int
evi_backend_timeout_ms(int64_t timeout_ns)
{
	if (timeout_ns < 0)
		return -1;

	int64_t ms = timeout_ns / EVI_TIME_NS_PER_MS;
	ms += timeout_ns % EVI_TIME_NS_PER_MS != 0;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}
