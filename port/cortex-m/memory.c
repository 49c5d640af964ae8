/* SPDX-License-Identifier: BSD-3-Clause */
#include "memory.h"

#include BOARD_H

#include "linker.h"

#include "port/port.h"

#define PAINT 0x5AFEC0DEu

void memory_paint_stack(void)
{
    /* This function's own frame is above its frame address, or just below: keep off it. */
    const uint32_t *end = (const uint32_t *)__builtin_frame_address(0) - 16;

    for (volatile uint32_t *at = link_stack_start; at < end; at++) {
        *at = PAINT;
    }
}

static uint32_t bytes_between(const uint32_t *start, const uint32_t *end)
{
    return (uint32_t)((uintptr_t)end - (uintptr_t)start);
}

void port_memory(struct port_memory *memory)
{
    const uint32_t *deepest = link_stack_start;

    while (deepest < link_stack_end && *deepest == PAINT) {
        deepest++;
    }
    *memory = (struct port_memory){
        .ram_size = BOARD_RAM_SIZE,
        .ram_used = bytes_between(link_ram_start, link_ram_used_end),
        .stack_size = bytes_between(link_stack_start, link_stack_end),
        .stack_used = bytes_between(deepest, link_stack_end),
    };
}
