/* SPDX-License-Identifier: BSD-3-Clause */
/* Small, so that windows, pools and messages come to their ends soon; and all assertions. */
#include <stdio.h>
#include <stdlib.h>

#define MSGR_FRAGMENT    64
#define MSGR_MESSAGE_MAX 256
#define MSGR_WINDOW      8
#define MSGR_ASSERT(condition)                                                                     \
    ((condition)                                                                                   \
         ? (void)0                                                                                 \
         : (fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition), abort()))
