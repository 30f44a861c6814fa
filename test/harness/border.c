/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * border.c - linked between the harness and the static libraries, so that
 * faultcall.c can tell whose a call is.
 */
#include "harness.h"

void
test_border(void)
{
}
