/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The record is valid when its check fits; after power-on it does not, but for one case in four
 * thousand million. A reset that leaves no reason behind was the pin's, or the watchdog's where the
 * chip can tell.
 */
#include "reset.h"

#include "cortex_m.h"
#include "drivers.h"

#define MAGIC 0x4D534752u

struct record {
    uint32_t reason; /* of the reset that comes */
    uint32_t count;
    uint32_t check;
};

static struct record record __attribute__((section(".noinit")));
static enum port_reset reason;

static uint32_t check_of(const struct record *of)
{
    return MAGIC ^ of->reason ^ (of->count * 0x9E3779B9u);
}

static void remember(enum port_reset next_reason, uint32_t count)
{
    record.reason = (uint32_t)next_reason;
    record.count = count;
    record.check = check_of(&record);
}

void reset_start(void)
{
    bool is_valid = record.check == check_of(&record) && record.reason <= PORT_RESET_FAULT;

    reason = is_valid ? (enum port_reset)record.reason : PORT_RESET_POWER;
    if (reason == PORT_RESET_POWER && watchdog_has_reset()) {
        reason = PORT_RESET_WATCHDOG;
    }
    remember(PORT_RESET_POWER, is_valid ? record.count + 1 : 0);
}

uint32_t reset_count(void)
{
    return record.count;
}

enum port_reset port_reset_reason(void)
{
    return reason;
}

_Noreturn void reset_because(enum port_reset next_reason)
{
    interrupts_off();
    remember(next_reason, record.count);
    uart_flush();
    __asm__ volatile("dsb" ::: "memory");
    SCB_AIRCR = AIRCR_RESET;
    __asm__ volatile("dsb" ::: "memory");
    for (;;) {
    }
}

void port_reset(void)
{
    reset_because(PORT_RESET_SOFTWARE);
}
