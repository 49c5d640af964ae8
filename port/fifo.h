/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * Frames between pbuf chains and a controller's FIFO of 32-bit words, first byte lowest: what
 * several controllers want, each with something of its own before the frame.
 */
#ifndef PORT_FIFO_H
#define PORT_FIFO_H

#include "lwip/pbuf.h"

#include <stdint.h>

/** Bytes that do not make a word yet (or are left of one): @p bits of them, 0 to 24, lowest first.
 */
struct fifo_rest {
    uint32_t word;
    unsigned bits;
};

/**
 * Write the chain behind what @p rest holds, as whole words; the last one is filled up with zeros.
 */
void fifo_write(volatile uint32_t *fifo, struct fifo_rest rest, const struct pbuf *p);

/**
 * Fill the chain with what @p rest holds, then with words. What is left of the last word is lost.
 * @return words read
 */
size_t fifo_read(volatile uint32_t *fifo, struct fifo_rest rest, struct pbuf *p);

#endif
