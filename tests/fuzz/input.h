/* SPDX-License-Identifier: BSD-3-Clause */
/** The fuzzer's input, from which decisions are read. What is beyond its end is zero. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *at;
    const uint8_t *end;
};

static inline uint8_t input_byte(struct input *input)
{
    return input->at < input->end ? *input->at++ : 0;
}

static inline unsigned input_below(struct input *input, unsigned most)
{
    return input_byte(input) % most;
}

static inline uint64_t input_number(struct input *input, unsigned bytes)
{
    uint64_t number = 0;

    while (bytes-- > 0) {
        number = number << 8 | input_byte(input);
    }
    return number;
}

#endif
