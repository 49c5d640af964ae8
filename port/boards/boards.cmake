# SPDX-License-Identifier: BSD-3-Clause
#
# Which parts a board is made of: its processor, then one folder of port/ for each driver. A board's
# numbers are in NAME.h beside this file or, where its folder is its own alone, in port/NAME/board.h.

set(board_lm3s6965evb cortex-m3 stellaris-eth pl011 luminary-watchdog)
set(board_mps2-an385 cortex-m3 lan9118 cmsdk-uart cmsdk-watchdog)
set(board_mps2-an386 cortex-m4 lan9118 cmsdk-uart cmsdk-watchdog)
set(board_mps2-an500 cortex-m7 lan9118 cmsdk-uart cmsdk-watchdog)

# Boards that QEMU emulates: which Ethernet controller it is to attach, then its machine's name
# where that is another. These are what sim/board and sim/demo know, and what all tests of boards
# run on: they read these lines, too.
set(qemu_lm3s6965evb stellaris)
set(qemu_mps2-an385 lan9118)
set(qemu_mps2-an386 lan9118)
set(qemu_mps2-an500 lan9118)

# Compiles, and does nothing yet: ready to copy (port/PORTING.md).
set(board_template cortex-m3 template)

set(MSGR_BOARD "" CACHE STRING "The board to build firmware for; empty: the simulator")
get_cmake_property(emulated_boards VARIABLES)
list(FILTER emulated_boards INCLUDE REGEX "^qemu_")
list(TRANSFORM emulated_boards REPLACE "^qemu_" "")
set_property(CACHE MSGR_BOARD PROPERTY STRINGS "" ${emulated_boards})
option(MSGR_BOARD_ASSERTS "Firmware stops and resets where lwIP finds itself wrong" ON)
# The budgets are those of this project's boards, without assertions. A board of another size has its
# own, or none.
option(MSGR_BOARD_BUDGETS "Release firmware that takes more than its budget fails the build" ON)
set(MSGR_BOARD_FLASH "" CACHE STRING "That budget of flash, in bytes; empty: the project's")
set(MSGR_BOARD_RAM "" CACHE STRING "That budget of RAM with stack, in bytes; empty: the project's")
option(MSGR_SEMIHOSTING "Firmware for an emulator: settings from its command line" ON)
option(MSGR_BOARD_POLLED "Firmware that never sleeps, for counting instructions" OFF)
option(MSGR_BOARD_FRAMED "Firmware has framed messages beside the plain ones" ON)
option(MSGR_BOARD_IPV4 "Firmware speaks IPv4" ON)
option(MSGR_BOARD_IPV6 "Firmware speaks IPv6" ON)

if(MSGR_BOARD)
    if(NOT DEFINED board_${MSGR_BOARD})
        message(FATAL_ERROR "MSGR_BOARD=${MSGR_BOARD} is not in port/boards/boards.cmake")
    endif()
    set(board_drivers ${board_${MSGR_BOARD}})
    list(POP_FRONT board_drivers board_cpu)
    # No floating point anywhere: the soft ABI keeps its registers out of the interrupts' frames.
    add_compile_options(-mcpu=${board_cpu} -mthumb -mfloat-abi=soft -Os -g
        # No -fdata-sections: a file's variables are reached from one address. And a constant that
        # is loaded before a loop takes a register, which has to be saved.
        -ffunction-sections -fno-common -fno-move-loop-invariants
        -fcallgraph-info=su # port/stack.py
        # A path of the machine that builds has no place in a firmware.
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
    add_link_options(-mcpu=${board_cpu} -mthumb -mfloat-abi=soft)
endif()
