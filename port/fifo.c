/* SPDX-License-Identifier: BSD-3-Clause */
#include "port/fifo.h"

#include <string.h>

static uint32_t load(const uint8_t *from)
{
    uint32_t word;

    memcpy(&word, from, sizeof word); /* one instruction where words need not be aligned */
    return word;
}

static void write_bytes(volatile uint32_t *fifo, struct fifo_rest *rest, const uint8_t *from,
                        size_t size)
{
    for (; size >= 4; size -= 4, from += 4) {
        uint32_t word = load(from);
        *fifo = rest->word | word << rest->bits;
        rest->word = rest->bits > 0 ? word >> (32 - rest->bits) : 0;
    }
    for (; size > 0; size--, from++) {
        rest->word |= (uint32_t)*from << rest->bits;
        rest->bits += 8;
        if (rest->bits == 32) {
            *fifo = rest->word;
            *rest = (struct fifo_rest){0, 0};
        }
    }
}

void fifo_write(volatile uint32_t *fifo, struct fifo_rest rest, const struct pbuf *p)
{
    for (; p != NULL; p = p->next) {
        write_bytes(fifo, &rest, p->payload, p->len);
    }
    if (rest.bits > 0) {
        *fifo = rest.word;
    }
}

static size_t read_bytes(volatile uint32_t *fifo, struct fifo_rest *rest, uint8_t *to, size_t size)
{
    size_t words = 0;

    for (; size >= 4; size -= 4, to += 4) {
        uint32_t next = *fifo;
        uint32_t word = rest->word | next << rest->bits;
        memcpy(to, &word, sizeof word);
        rest->word = rest->bits > 0 ? next >> (32 - rest->bits) : 0;
        words++;
    }
    for (; size > 0; size--, to++) {
        if (rest->bits == 0) {
            *rest = (struct fifo_rest){*fifo, 32};
            words++;
        }
        *to = (uint8_t)rest->word;
        rest->word >>= 8;
        rest->bits -= 8;
    }
    return words;
}

size_t fifo_read(volatile uint32_t *fifo, struct fifo_rest rest, struct pbuf *p)
{
    size_t words = 0;

    for (; p != NULL; p = p->next) {
        words += read_bytes(fifo, &rest, p->payload, p->len);
    }
    return words;
}
