/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * clock.c's place in a build that counts instructions (MSGR_BOARD_POLLED). Nothing sleeps, the
 * Ethernet controller never interrupts, and SysTick counts freely, down from 2^24, for which 0.6 s
 * and more must not pass unseen. Under an emulator that makes each instruction take the same time,
 * ticks are instructions, the same number at each run. A byte that is typed still interrupts.
 *
 * A turn is what the main loop does between one port_sleep() and the next. Counted are turns that
 * took a frame; what they write on the console is counted apart as well. tests/boards/instructions
 * reads polled_counts from outside, at its address in the firmware's symbols.
 */
#include BOARD_H

#include "cortex_m.h"
#include "drivers.h"

#include "port/netif.h"
#include "port/port.h"

#define COUNTER_MAX  0x00FFFFFFu
#define CSR_FREE     5u /* enabled, on the processor's clock */
#define TICKS_PER_MS (BOARD_CLOCK_HZ / 1000)

struct polled_counts {
    uint32_t clock_hz;
    uint32_t frames;
    uint32_t ticks; /* of the turns that took them */
    uint32_t console_ticks;
};

extern volatile struct polled_counts polled_counts;
volatile struct polled_counts polled_counts = {.clock_hz = BOARD_CLOCK_HZ};

static uint32_t turn_start;
static uint32_t turn_console_ticks;

void clock_start(void)
{
    SYST_RVR = COUNTER_MAX;
    SYST_CVR = 0;
    SYST_CSR = CSR_FREE;
}

/* In the vector table; SysTick does not interrupt here. */
void clock_interrupt(void)
{
}

static uint32_t ticks_since(uint32_t start)
{
    return (start - SYST_CVR) & COUNTER_MAX;
}

uint32_t port_now_ms(void)
{
    static uint32_t now_ms;
    static uint32_t counted; /* the counter's value at now_ms */
    uint32_t passed_ms = ticks_since(counted) / TICKS_PER_MS;

    counted -= passed_ms * TICKS_PER_MS;
    now_ms += passed_ms;
    return now_ms;
}

void cortex_m_wake(void)
{
}

static void end_turn(void)
{
    uint32_t ticks = ticks_since(turn_start);
    uint32_t frames = port_netif_counters()->received;

    if (frames != polled_counts.frames) {
        polled_counts.ticks += ticks;
        polled_counts.console_ticks += turn_console_ticks;
        polled_counts.frames = frames; /* last: who sees it, sees the whole turn's */
    }
}

void port_sleep(uint32_t ms)
{
    (void)ms;
    end_turn();
    turn_console_ticks = 0;
    turn_start = SYST_CVR;
}

bool port_is_stopping(void)
{
    return false;
}

/* The linker puts this in port_console_write()'s place, and that behind the other name. */
void __real_port_console_write(enum port_console to, const char *text, size_t size);
void __wrap_port_console_write(enum port_console to, const char *text, size_t size);

void __wrap_port_console_write(enum port_console to, const char *text, size_t size)
{
    uint32_t start = SYST_CVR;

    __real_port_console_write(to, text, size);
    turn_console_ticks += ticks_since(start);
}
