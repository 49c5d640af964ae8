/* SPDX-License-Identifier: BSD-3-Clause */
/** Frames in words, for people: a decoder of its own, after SPEC.md, 6, and nothing else. */
#ifndef TESTS_SIM_WORDS_H
#define TESTS_SIM_WORDS_H

#include <stddef.h>
#include <stdint.h>

/** Zero-terminated, cut to fit. */
void words_of_frames(char *text, size_t room, const uint8_t *bytes, size_t size);

#endif
