/* SPDX-License-Identifier: BSD-3-Clause */
#include "plain_answer.h"

#include "bytes_repr.h"

#include <string.h>

static bool begins_with(const void *text, size_t size, const char *head, size_t head_size)
{
    return size >= head_size && memcmp(text, head, head_size) == 0;
}

size_t msgr_plain_answer_size(const void *text, size_t size)
{
    return MSGR_PLAIN_HEAD_SIZE + msgr_bytes_repr(NULL, text, size) + MSGR_PLAIN_TAIL_SIZE;
}

size_t msgr_plain_answer_around(char *out, size_t size)
{
    memcpy(out, MSGR_PLAIN_HEAD, MSGR_PLAIN_HEAD_SIZE);
    memcpy(out + MSGR_PLAIN_HEAD_SIZE + size, MSGR_PLAIN_TAIL, MSGR_PLAIN_TAIL_SIZE);
    return MSGR_PLAIN_HEAD_SIZE + size + MSGR_PLAIN_TAIL_SIZE;
}

void msgr_plain_answer(char *out, const void *text, size_t size)
{
    msgr_plain_answer_around(out, msgr_bytes_repr(out + MSGR_PLAIN_HEAD_SIZE, text, size));
}

bool msgr_plain_is_acknowledgement(const void *answer, size_t size)
{
    return begins_with(answer, size, MSGR_PLAIN_HEAD, MSGR_PLAIN_HEAD_SIZE);
}

bool msgr_plain_is_answer(const void *text, size_t size)
{
    return msgr_plain_is_acknowledgement(text, size) ||
           begins_with(text, size, MSGR_PLAIN_REFUSAL, sizeof MSGR_PLAIN_REFUSAL - 1);
}
