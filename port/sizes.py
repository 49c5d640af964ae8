#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a firmware takes of its board, part by part, from the linker's map; and what it may take.

usage: sizes.py MAP [--name TEXT] [--code BYTES] [--ram BYTES] [--messenger BYTES] [--engine BYTES]
                    [--report BUDGET...]

Exit status: 0 within the budgets; 1 beyond one of them (of those behind --report it is only said),
or the map is not one of ours.
"""

import argparse
import collections
import pathlib
import re
import sys

# Which part of the firmware a library is. What is linked without one is the application's main().
PARTS = {
    "lwip_board": "lwIP",
    "msgr_core": "messenger",
    "msgr_lwip_board": "messenger",
    "msgr_engine": "engine",
    # Of the port's sequence numbers; the engine uses it, too.
    "msgr_hash": "port",
    # Which characters are safe to show is the console's question: the messenger neither calls nor
    # needs the answer (app/CMakeLists.txt).
    "msgr_text": "application",
    "node_board": "application",
    "port_board": "port",
    "c_nano": "libc",
    "gcc": "libc",
}
ROWS = ["lwIP", "messenger", "engine", "application", "port", "libc", "filling"]
COLUMNS = {"code": [".text"], "constants": [".rodata"], "data": [".data"], "bss": [".bss", ".noinit"]}
STACK = ".stack"
BUDGETS = ["code", "ram", "messenger", "engine"]
IN_FLASH = ["code", "constants", "data"]
IN_RAM = ["data", "bss"]

OUTPUT = re.compile(r"^(\.\w+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", re.MULTILINE)
# The name may have a line of its own, where it is long.
INPUT = re.compile(r"^ (?:\.\S+|COMMON)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE)
LIBRARY = re.compile(r"lib(\w+)\.a\(")


def part_of(file):
    library = LIBRARY.search(file)
    if library is None:
        return "application"
    return PARTS[library[1]]


def output_sections(text):
    """Name -> (size, the map's lines about it)."""
    text = text[text.index("\nLinker script and memory map"):]
    starts = list(OUTPUT.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {at[1]: (int(at[2], 16), text[at.end():end]) for at, end in zip(starts, ends)}


def measure(text):
    """(part, column) -> bytes; and the stack's reserve. What the linker adds is "filling"."""
    sections = output_sections(text)
    sizes = collections.Counter()
    for column, names in COLUMNS.items():
        for name in names:
            size, lines = sections[name]
            for number, file in INPUT.findall(lines):
                sizes[part_of(file), column] += int(number, 16)
                size -= int(number, 16)
            sizes["filling", column] += size
    return sizes, sections[STACK][0]


def total(sizes, columns, rows=ROWS):
    return sum(sizes[row, column] for row in rows for column in columns)


def print_table(name, sizes, stack):
    columns = list(COLUMNS)
    print(f"{name:<16}" + "".join(f"{column:>11}" for column in columns))
    for row in ROWS:
        print(f"  {row:<14}" + "".join(f"{sizes[row, column]:>11}" for column in columns))
    print(f"  {'total':<14}" + "".join(f"{total(sizes, [column]):>11}" for column in columns))
    print(f"  {'stack, reserved':<14}{stack:>42}")


def over_budget(what, used, budget):
    if budget is None:
        print(f"  {what}: {used} bytes")
        return False
    print(f"  {what}: {used} of {budget} bytes")
    if used > budget:
        print(f"  OVER: {what} is {used - budget} bytes over its budget")
    return used > budget


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    parser.add_argument("map", type=pathlib.Path)
    parser.add_argument("--name", default="bytes")
    for budget in BUDGETS:
        parser.add_argument(f"--{budget}", type=int)
    parser.add_argument("--report", nargs="+", choices=BUDGETS, default=[])
    wanted = parser.parse_args()
    sizes, stack = measure(wanted.map.read_text())
    print_table(wanted.name, sizes, stack)
    is_over = {
        "code": over_budget("flash", total(sizes, IN_FLASH), wanted.code),
        "ram": over_budget("RAM with stack", total(sizes, IN_RAM) + stack, wanted.ram),
        "messenger": over_budget("the messenger's code", total(sizes, ["code"], ["messenger"]),
                                 wanted.messenger),
        "engine": over_budget("the engine's code", total(sizes, ["code"], ["engine"]),
                              wanted.engine),
    }
    sys.exit(1 if any(is_over[budget] for budget in BUDGETS if budget not in wanted.report) else 0)


main()
