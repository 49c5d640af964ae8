/* SPDX-License-Identifier: BSD-3-Clause */
/** The plain protocol's answers (SPEC.md, 3.2, 3.3, 4.1). Any context; no state. */
#ifndef MSGR_CORE_PLAIN_ANSWER_H
#define MSGR_CORE_PLAIN_ANSWER_H

#include "msgr/opts.h"

#include <stdbool.h>
#include <stddef.h>

#define MSGR_PLAIN_HEAD    "Message received: "
#define MSGR_PLAIN_TAIL    ". Thank you."
#define MSGR_PLAIN_REFUSAL "Message refused: "

#define MSGR_PLAIN_HEAD_SIZE (sizeof MSGR_PLAIN_HEAD - 1)
#define MSGR_PLAIN_TAIL_SIZE (sizeof MSGR_PLAIN_TAIL - 1)

#define MSGR_PLAIN_TO_TEXT_(number) #number
#define MSGR_PLAIN_TO_TEXT(number)  MSGR_PLAIN_TO_TEXT_(number)

/** The refusal of a text that is too long: the whole answer. */
#define MSGR_PLAIN_TOO_LONG_ANSWER                                                                 \
    MSGR_PLAIN_REFUSAL "longer than " MSGR_PLAIN_TO_TEXT(MSGR_PLAIN_TEXT_MAX) " bytes."

/**
 * Complete an acknowledgement whose text is at its place: @p size bytes at
 * @p out + MSGR_PLAIN_HEAD_SIZE, with room for the tail behind it.
 * @return the answer's size
 */
size_t msgr_plain_answer_around(char *out, size_t size);

/** The size of the acknowledgement over UDP of @p size bytes of @p text. */
size_t msgr_plain_answer_size(const void *text, size_t size);

/** Write that acknowledgement into @p out, which has room for it and does not overlap @p text. */
void msgr_plain_answer(char *out, const void *text, size_t size);

/** Does an answer say that the message was received? */
bool msgr_plain_is_acknowledgement(const void *answer, size_t size);

/** Is this a server's answer, of either kind? */
bool msgr_plain_is_answer(const void *text, size_t size);

#endif
