/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every fault, and the watchdog's warning, end here: say where the program was, and reset. This
 * runs on a stack of its own, since the other may be what has failed, and uses nothing that could
 * wait for an interrupt.
 */
#include BOARD_H

#include "cortex_m.h"
#include "drivers.h"
#include "linker.h"
#include "reset.h"

#include <string.h>

#define ASSERTION_CODE 0xDE4Du /* A7.7.193: UDF with 0x4D */

/* B1.5.6: what the processor has put on the stack. */
struct frame {
    uint32_t r0, r1, r2, r3, r12, lr, pc, psr;
};

void fault_handle(const struct frame *frame, uint32_t exception);

/* The frame is where the stack pointer was; the exception's number is in IPSR. */
__attribute__((naked)) void fault_entry(void)
{
    __asm__ volatile("mov r0, sp\n"
                     "mrs r1, ipsr\n"
                     "ldr r2, =link_emergency_end\n"
                     "mov sp, r2\n"
                     "b fault_handle\n");
}

static void put_text(const char *text)
{
    for (; *text != '\0'; text++) {
        uart_put((uint8_t)*text);
    }
}

static void put_hex(uint32_t number)
{
    static const uint8_t digits[] = "0123456789abcdef";

    for (int shift = 28; shift >= 0; shift -= 4) {
        uart_put(digits[number >> shift & 15]);
    }
}

static void put_value(const char *name, uint32_t value)
{
    put_text(name);
    put_hex(value);
}

static void put_frame(const struct frame *frame)
{
    put_value("\r\n  pc ", frame->pc);
    put_value("  lr ", frame->lr);
    put_value("  psr ", frame->psr);
    put_value("\r\n  r0 ", frame->r0);
    put_value("  r1 ", frame->r1);
    put_value("  r2 ", frame->r2);
    put_value("  r3 ", frame->r3);
    put_value("  r12 ", frame->r12);
}

/* B3.2.15 to B3.2.18; the addresses are there only if CFSR says so. */
static void put_status(void)
{
    uint32_t cfsr = SCB_CFSR;

    put_value("\r\n  cfsr ", cfsr);
    put_value("  hfsr ", SCB_HFSR);
    if (cfsr & CFSR_MMARVALID) {
        put_value("  address ", SCB_MMFAR);
    } else if (cfsr & CFSR_BFARVALID) {
        put_value("  address ", SCB_BFAR);
    }
}

static void put_decimal(uint32_t number)
{
    if (number >= 10) {
        put_decimal(number / 10);
    }
    uart_put((uint8_t)('0' + number % 10));
}

static void put_assertion(const char *file, uint32_t line)
{
    put_text("\r\nassertion failed: ");
    put_text(file);
    put_text(":");
    put_decimal(line);
}

/* arch/cc.h: the instruction, the line, the file's name. */
static void put_assertion_at(uint32_t pc)
{
    uint16_t code[2];
    const char *file;

    if (pc - BOARD_FLASH_START >= BOARD_FLASH_SIZE) {
        return;
    }
    memcpy(code, (const void *)(uintptr_t)pc, sizeof code);
    if (code[0] == ASSERTION_CODE) {
        memcpy(&file, (const void *)(uintptr_t)(pc + sizeof code), sizeof file);
        put_assertion(file, code[1]);
    }
}

/* The stack may have run out of RAM; then there is no frame to read. */
static bool is_readable(const struct frame *frame)
{
    return (uintptr_t)frame >= (uintptr_t)link_stack_start &&
           (uintptr_t)(frame + 1) <= (uintptr_t)link_stack_end;
}

__attribute__((used)) void fault_handle(const struct frame *frame, uint32_t exception)
{
    bool is_watchdog = exception == BOARD_WATCHDOG_EXCEPTION;

    put_text(is_watchdog ? "\r\nwatchdog: the main loop hangs" : "\r\nfault: exception ");
    if (!is_watchdog) {
        put_hex(exception);
    }
    if (is_readable(frame)) {
        put_assertion_at(frame->pc);
    }
    put_value("\r\n  sp ", (uint32_t)(uintptr_t)frame);
    if (is_readable(frame)) {
        put_frame(frame);
    } else {
        put_text(" is not on the stack");
    }
    put_status();
    put_text("\r\n");
    reset_because(is_watchdog ? PORT_RESET_WATCHDOG : PORT_RESET_FAULT);
}

_Noreturn void fault_assertion(const char *file, int line)
{
    interrupts_off();
    put_assertion(file, (uint32_t)line);
    put_text("\r\n");
    reset_because(PORT_RESET_FAULT);
}
