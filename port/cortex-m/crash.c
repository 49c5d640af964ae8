/* SPDX-License-Identifier: BSD-3-Clause */
/* What a firmware in the field never does on purpose. Test builds only. */
#include "crash.h"

#include "cortex_m.h"

#include "port/port.h"

#include "lwip/debug.h"

#include <string.h>

/* Not a read from where nothing is: that is no fault on QEMU's lm3s6965evb. */
static void run_undefined(void)
{
    __asm__ volatile("udf #0");
}

static void fail_assertion(void)
{
    LWIP_ASSERT("told to", false);
}

/* Recursion without an end that the compiler can see. */
// NOLINTNEXTLINE(misc-no-recursion): that is its purpose
static uint32_t overflow(volatile uint32_t *above)
{
    volatile uint32_t here[16] = {*above};

    return here[0] == 0 ? 0 : overflow(here) + here[0];
}

static void overflow_stack(void)
{
    volatile uint32_t first = 1;

    (void)overflow(&first);
}

static void hang(void)
{
    for (;;) {
        wait_for_interrupt();
    }
}

static const struct {
    const char *name;
    void (*act)(void);
} ways[] = {
    {"fault", run_undefined}, {"assert", fail_assertion}, {"overflow", overflow_stack},
    {"hang", hang},           {"reset", port_reset},
};

void crash_if_told(void)
{
    const char *way = port_setting("crash");

    if (way == NULL || port_reset_reason() != PORT_RESET_POWER) {
        return;
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(way, ways[i].name) == 0) {
            ways[i].act();
        }
    }
}
