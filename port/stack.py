#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The most stack that a firmware can take, from its code: no test needs to find the worst case.

usage: stack.py ELF EDGES CALLGRAPHS [--path] [--prefix PREFIX]

The calls are those in the linked code, libc's included. A frame is as large as gcc says (the .ci
files of -fcallgraph-info=su, anywhere below the folder CALLGRAPHS), or as the code's own pushes
say where gcc has not compiled it. EDGES (port/stack-edges.txt) says where calls through pointers
lead. The ELF needs its relocations (--emit-relocs): they tell whose address is taken.

On the main loop's worst path may come each interrupt once, the one on the other: so no priority
needs to be known. On them may come a fault or the watchdog's warning, which goes on on a stack of
its own.

Exit status: 0 within what is reserved; 1 beyond it; 2 when no bound can be given: a call that
EDGES does not know, a function with its address taken that it does not name, a recursion without
a bound, a frame of unknown size.
"""

import argparse
import bisect
import collections
import pathlib
import re
import struct
import subprocess
import sys

# B1.5.7: eight words, and one to align them. The floating-point unit is off: no more than that.
EXCEPTION = 36
SYMBOL = re.compile(r"^ *\d+: ([0-9a-f]{8}) +\w+ (\w+) +(\w+) +\w+ +\w+ (\S+)", re.M)
SECTION = re.compile(r"^ +\[ *\d+\] (\S+) +\w+ +([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+)", re.M)
RELOCATION = re.compile(r"^([0-9a-f]{8}) +[0-9a-f]+ R_ARM_(?:ABS32|TARGET1)\b", re.M)
FRAME = re.compile(r'^node: { title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \((\S+)\)"', re.M)
CLONE = re.compile(r"(\.(isra|part|constprop)\.\d+)+$")  # gcc's, of a function as it was written
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(\S+)(?:\t(.*))?$")
BRANCH = re.compile(r"^(?:r\d+, )?([0-9a-f]+) <")
PUSH = re.compile(r"^sp!, (\{.*\})|^(\{.*\})$")


class Unbounded(Exception):
    """Why there is no worst case."""


class Function:
    def __init__(self, name, file):
        self.name = name
        self.file = file  # None: its name is known everywhere
        self.frame = None
        self.calls = set()  # addresses
        self.tail_calls = set()  # of these: the frame is gone when they begin
        self.has_indirect = False

    def names(self):
        """What EDGES may call it."""
        plain = CLONE.sub("", self.name)
        return {plain} if self.file is None else {plain, f"{self.file}:{plain}"}


class Edges:
    """The file: see its first lines for what a line means."""

    def __init__(self, text):
        self.targets = collections.defaultdict(set)
        self.never = set()
        self.rounds = {}
        for line in text.splitlines():
            line = line.split("#")[0].strip()
            if line:
                self._take(*line.split(maxsplit=1))

    def _take(self, first, rest):
        if first == "recursion":
            count, *names = rest.split()
            self.rounds.update((name, int(count)) for name in names)
        elif first == "never":
            caller, target = rest.split(" -> ")
            self.never.add((caller, target))
        else:
            callers, targets = f"{first} {rest}".split(" -> ")
            for caller in callers.split():
                self.targets[caller].update(targets.split())


class Firmware:
    def __init__(self, elf):
        self._elf = elf
        self.functions = {}  # by address
        self.symbols = {}
        self._read_symbols()
        self._starts = sorted(self.functions)
        self._read_code()

    def _tool(self, name, *words):
        command = [f"{wanted.prefix}{name}", *words, self._elf]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def _read_symbols(self):
        file = None
        for value, kind, bind, name in SYMBOL.findall(self._tool("readelf", "-sW")):
            self.symbols[name] = int(value, 16)
            if kind == "FILE":
                file = name
            elif kind == "FUNC":
                address = int(value, 16) & ~1
                self.functions[address] = Function(name, file if bind == "LOCAL" else None)

    def at(self, address):
        """Where the function begins that has this address in it."""
        return self._starts[bisect.bisect_right(self._starts, address) - 1]

    def _read_code(self):
        pushed = collections.Counter()
        for line in self._tool("objdump", "-d", "--no-show-raw-insn").splitlines():
            found = INSTRUCTION.match(line)
            if found:
                address = self.at(int(found[1], 16))
                words = (found[3] or "").split("\t@")[0].split(" @")[0].strip()
                self._take(self.functions[address], address, found[2], words)
                pushed[address] += size_pushed(found[2], words)
        for address, function in self.functions.items():
            function.frame = pushed[address]

    def _take(self, function, address, operation, words):
        branch = BRANCH.match(words)
        if operation.startswith(("b", "cb")) and branch:
            target = self.at(int(branch[1], 16))
            if operation.startswith("bl") and operation[:3] not in ("blt", "ble", "bls"):
                function.calls.add(target)
            elif target != address:
                function.tail_calls.add(target)
        elif operation.startswith("blx") or operation.startswith("bx") and words != "lr":
            function.has_indirect = True
        elif re.match(r"(ldr|mov|add)\S*$", operation) and words.startswith("pc,"):
            # A return, or a switch's table.
            function.has_indirect |= "[sp]" not in words and "lsl #2" not in words

    def taken(self):
        """Functions whose address is somewhere: in the vector table, as often; and elsewhere."""
        data = pathlib.Path(self._elf).read_bytes()
        sections = {
            name: [int(number, 16) for number in numbers]
            for name, *numbers in SECTION.findall(self._tool("readelf", "-SW"))
        }
        vectors, others = [], set()
        for part in self._tool("readelf", "-rW").split("Relocation section ")[1:]:
            name = re.match(r"'\.rel(\.\w+)'", part)[1]
            if name not in (".text", ".rodata", ".data"):
                continue
            start, offset, _ = sections[name]
            for place in RELOCATION.findall(part):
                place = int(place, 16)
                (word,) = struct.unpack_from("<I", data, place - start + offset)
                if not word & 1 or word - 1 not in self.functions:
                    continue
                if place < self._starts[0]:
                    vectors.append(word - 1)
                else:
                    others.add(word - 1)
        if not vectors:
            raise Unbounded("there are no relocations: link with --emit-relocs")
        return vectors, others


def size_pushed(operation, words):
    """What an instruction takes of the stack."""
    if operation.startswith(("push", "stmdb")):
        found = PUSH.match(words)
        return 4 * count_registers(found[1] or found[2]) if found else 0
    found = re.search(r"\[sp, #-(\d+)\]!", words)
    if found:
        return int(found[1])
    if operation.startswith("sub") and words.startswith("sp,"):
        found = re.search(r"#(\d+)$", words)
        return int(found[1]) if found else sys.maxsize  # as many bytes as a register says
    return 0


def count_registers(text):
    count = 0
    for part in text.strip("{}").split(", "):
        first, _, last = part.partition("-")
        count += int(last[1:]) - int(first[1:]) + 1 if last else 1
    return count


def set_frames(firmware, folder):
    """gcc's word on those that it has compiled; of two equal names the larger."""
    frames = collections.Counter()
    for file in folder.rglob("*.ci"):
        for title, size, kind in FRAME.findall(file.read_text()):
            path, _, name = title.rpartition(":")
            key = pathlib.Path(path).name if path else None, name
            frames[key] = max(frames[key], int(size) if "dynamic" != kind else sys.maxsize)
    for function in firmware.functions.values():
        key = function.file, function.name
        if key in frames:
            function.frame = frames[key]
        else:
            function.calls |= function.tail_calls  # nobody promises that its frame is gone
    unknown = [
        function.name
        for function in firmware.functions.values()
        # A .cold part runs in the frame of the function that jumps to it.
        if function.frame >= sys.maxsize or function.name.endswith(".cold")
    ]
    if unknown:
        raise Unbounded(f"frames of unknown size: {' '.join(unknown)}")


def set_edges(firmware, edges, taken):
    named = collections.defaultdict(set)
    for address, function in firmware.functions.items():
        for name in function.names():
            named[name].add(address)
    wrong = []
    reached = set()
    for function in firmware.functions.values():
        for name in function.names():
            for caller, target in edges.never:
                if caller == name:
                    function.calls -= named[target]
                    function.tail_calls -= named[target]
        if function.has_indirect:
            targets = set().union(*(edges.targets.get(name, ()) for name in function.names()))
            addresses = set().union(*(named[target] for target in targets))
            if not addresses and targets != {"nothing"}:
                wrong.append(f"{function.name} ({function.file}): calls through a pointer")
            function.calls |= addresses
            reached |= addresses
    for address in sorted(taken - reached):
        function = firmware.functions[address]
        wrong.append(f"{function.name} ({function.file}): its address is taken, for whom to call?")
    if wrong:
        raise Unbounded("not in the file of edges:\n  " + "\n  ".join(wrong))


class Depths:
    """The worst path from each function on; a recursion's functions count as one (Tarjan)."""

    def __init__(self, functions, rounds):
        self._functions = functions
        self._rounds = rounds
        self._index = {}
        self._low = {}
        self._open = []
        self.worst = {}  # address -> (bytes, path of addresses)
        self.rings = {}  # address -> the frames of all that it is in recursion with

    def of(self, address):
        if address not in self.worst:
            self._visit(address)
        return self.worst[address]

    def _visit(self, address):
        function = self._functions[address]
        self._index[address] = self._low[address] = len(self._index)
        self._open.append(address)
        for target in function.calls | function.tail_calls:
            if target not in self._index:
                self._visit(target)
            if target not in self.worst:
                self._low[address] = min(self._low[address], self._low[target])
        if self._low[address] == self._index[address]:
            at = self._open.index(address)
            ring, self._open[at:] = self._open[at:], []
            self._close(ring)

    def _close(self, ring):
        first = self._functions[ring[0]]
        if len(ring) > 1 or ring[0] in first.calls:
            self._close_recursion(ring)
            return
        frame = first.frame
        paths = [(0, [])]
        paths += [self.worst[target] for target in first.calls]
        for target in first.tail_calls - first.calls:
            below, path = self.worst[target]
            paths.append((below - frame, path))
        size, path = max(paths, key=lambda pair: pair[0])
        self.worst[ring[0]] = (frame + size, [ring[0], *path])

    def _close_recursion(self, ring):
        """Each function at most as often as declared, however they follow each other."""
        total, paths = 0, [(0, [])]
        for address in ring:
            function = self._functions[address]
            rounds = [self._rounds[name] for name in function.names() if name in self._rounds]
            if not rounds:
                names = " ".join(sorted(self._functions[each].name for each in ring))
                raise Unbounded(f"recursion without a bound ({function.name}), among: {names}")
            total += function.frame * max(rounds)
            paths += [self.worst[t] for t in function.calls | function.tail_calls if t not in ring]
        size, path = max(paths, key=lambda pair: pair[0])
        for address in ring:
            self.worst[address] = (total + size, [address, *path])
            self.rings[address] = total


def print_path(functions, depths, address):
    for each in depths.of(address)[1]:
        is_ring = each in depths.rings
        frame = depths.rings[each] if is_ring else functions[each].frame
        name = functions[each].name + (", in recursion" if is_ring else "")
        print(f"    {depths.of(each)[0]:>6} {frame:>6} {name}")


def report(firmware, depths, vectors):
    """Whether each stack suffices."""
    symbols = firmware.symbols
    start, fault, handle = (
        symbols[name] & ~1 for name in ("start_reset", "fault_entry", "fault_handle")
    )
    interrupts = [address for address in vectors if address not in (start, fault)] + [fault]
    size = depths.of(start)[0] + sum(EXCEPTION + depths.of(each)[0] for each in interrupts)
    is_enough = True
    for name, size, where, paths in [
        ("stack", size, "stack", [start, *interrupts]),
        ("emergency stack", depths.of(handle)[0], "emergency", [handle]),
    ]:
        reserved = symbols[f"link_{where}_end"] - symbols[f"link_{where}_start"]
        print(f"  worst {name}, static: {size} of {reserved} bytes")
        if size > reserved:
            print(f"  OVER: the worst {name} is {size - reserved} bytes over its reserve")
            is_enough = False
        if wanted.path:
            print("      left  frame of")
            for address in paths:
                print_path(firmware.functions, depths, address)
    return is_enough


def main():
    firmware = Firmware(wanted.elf)
    set_frames(firmware, wanted.callgraphs)
    edges = Edges(wanted.edges.read_text())
    vectors, taken = firmware.taken()
    set_edges(firmware, edges, taken)
    depths = Depths(firmware.functions, edges.rounds)
    sys.exit(0 if report(firmware, depths, vectors) else 1)


parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
parser.add_argument("elf")
parser.add_argument("edges", type=pathlib.Path)
parser.add_argument("callgraphs", type=pathlib.Path)
parser.add_argument("--path", action="store_true", help="print the worst path")
parser.add_argument("--prefix", default="arm-none-eabi-")
wanted = parser.parse_args()
try:
    main()
except Unbounded as why:
    print(f"stack.py: {why}", file=sys.stderr)
    sys.exit(2)
