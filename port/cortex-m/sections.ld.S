/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Through the preprocessor, with the board's constants. There is no heap: nothing here defines
 * _sbrk, so a program that calls malloc() does not link.
 *
 * The stack is at the bottom of RAM: where nothing is below, running out of it is a fault and not
 * somebody else's corrupted variable. What no segment covers (stack, bss, noinit) is neither loaded
 * nor cleared by a loader, so noinit survives a reset under emulators, too.
 */
#include BOARD_H

#define EMERGENCY_STACK_SIZE 320

ENTRY(start_reset)

MEMORY
{
    flash (rx) : ORIGIN = BOARD_FLASH_START, LENGTH = BOARD_FLASH_SIZE
    ram (rwx) : ORIGIN = BOARD_RAM_START, LENGTH = BOARD_RAM_SIZE
}

PHDRS
{
    code PT_LOAD;
    data PT_LOAD;
}

SECTIONS
{
    .text :
    {
        KEEP(*(.vectors))
        *(.text .text.*)
        . = ALIGN(4);
    } > flash :code

    .rodata :
    {
        *(.rodata .rodata.*)
        . = ALIGN(4);
    } > flash :code

    .stack (NOLOAD) :
    {
        link_ram_start = .;
        link_stack_start = .;
        . = . + STACK_SIZE;
        link_stack_end = .;
    } > ram :NONE

    .data :
    {
        link_data_start = .;
        *(.data .data.*)
        . = ALIGN(4);
        link_data_end = .;
    } > ram AT > flash :data
    link_data_load = LOADADDR(.data);

    .bss (NOLOAD) :
    {
        link_bss_start = .;
        *(.bss .bss.* COMMON)
        . = ALIGN(4);
        link_bss_end = .;
    } > ram :NONE

    .noinit (NOLOAD) :
    {
        *(.noinit .noinit.*)
        . = ALIGN(8);
        link_emergency_start = .;
        . = . + EMERGENCY_STACK_SIZE;
        link_emergency_end = .;
        link_ram_used_end = .;
    } > ram :NONE

    /* Nothing unwinds here. */
    /DISCARD/ : { *(.ARM.exidx* .ARM.extab* .init_array* .fini_array* .eh_frame*) }

    /* Whatever has no place above would be put somewhere by the linker, and not be cleared. */
    .unplaced : { *(.got* .igot* .tdata* .tbss*) } > flash :code
    ASSERT(SIZEOF(.unplaced) == 0, "a section has no place in sections.ld.S")
    ASSERT(link_data_load + SIZEOF(.data) <= BOARD_FLASH_START + BOARD_FLASH_SIZE, "flash is full")
}
