# SPDX-License-Identifier: BSD-3-Clause
"""The messenger on lwIP beside an echo on lwIP's raw API alone: bench_lwip, built and run.

Instructions are the responder's, for each message, by the layer that executes them; what is called
of the C library counts where it is called. The driver's share (that is, the test bench's) is left
out.
"""

import collections
import os
import pathlib
import re
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/bench"
PROGRAM = BUILD / "tests/bench/bench_lwip"
COUNTED = ["--toggle-collect=responder_takes", "--toggle-collect=responder_rests"]
MESSAGES = {1: 2000, 32: 6400}  # those in flight: so many are exchanged
LAYERS = {"/app/core/": "engine", "/app/transport/": "transport", "/src/": "lwIP",
          "/tests/bench/responder.c": "application", "/tests/": "driver"}
# On the real clock, pinned to one CPU:
SLICES = 25
SLICE_MESSAGES = 200000


def build(run):
    lwip = os.environ.get("LWIP_DIR")
    run("cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        "-DCMAKE_C_FLAGS_RELEASE=-O2 -g", "-DBUILD_TESTING=OFF", "-DMSGR_BENCH=ON",
        *([f"-DLWIP_DIR={lwip}"] if lwip else []))
    run("cmake", "--build", BUILD, "--target", "bench_lwip")


def layer_of(file):
    """The layer of a source file's, or None: the C library."""
    return next((layer for part, layer in LAYERS.items() if part in file), None)


def by_layer(text):
    """Self costs of callgrind's output, whose names are not compressed."""
    costs = collections.Counter()
    layer, callee, is_call = None, None, False
    for line in text.splitlines():
        key, is_name, value = line.partition("=")
        if is_name and key in ("fl", "fi", "fe"):
            layer = layer_of(value)
            if key == "fl":
                callee = layer
        elif is_name and key in ("cfi", "cfl"):
            callee = layer_of(value)
        elif is_name and key == "calls":
            is_call = True
        elif is_name and key == "fn":
            callee = layer
        elif re.match(r"[+\-*\d]", line):
            if layer is not None and (not is_call or callee is None):
                costs[layer] += int(line.split()[1])
            if is_call:
                is_call, callee = False, layer
    return costs


def count(folder, transport, kind, messages, in_flight):
    output = folder / "callgrind.out"
    subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", *COUNTED,
                    "--compress-strings=no", PROGRAM, transport, kind, str(messages),
                    str(in_flight)], capture_output=True, check=True)
    return by_layer(output.read_text())


def instructions(folder, transport, kind, in_flight):
    """{layer: instructions for each message}, by the difference between two runs."""
    messages = MESSAGES[in_flight]
    few = count(folder, transport, kind, messages, in_flight)
    many = count(folder, transport, kind, 2 * messages, in_flight)
    added = messages * 1.1  # a tenth is exchanged beforehand
    return {layer: (many[layer] - few[layer]) / added for layer in many if layer != "driver"}


def measure(folder, table):
    for in_flight in MESSAGES:
        for transport in "udp", "tcp":
            name = f"instructions, {transport.upper()}, {in_flight} in flight"
            costs = instructions(folder, transport, "framed", in_flight)
            table[name] = sum(costs.values())
            for layer in "lwIP", "transport", "engine", "application":
                table[f"{name}, {layer}"] = costs[layer]
            echo = instructions(folder, transport, "echo", in_flight)
            table[f"{name}, raw echo"] = sum(echo.values())


def times(transport, in_flight):
    """Nanoseconds for each message, in turns: {"echo": [...], "framed": [...]}"""
    found = {"echo": [], "framed": []}
    for _ in range(SLICES):
        for kind, values in found.items():
            done = subprocess.run([PROGRAM, transport, kind, str(SLICE_MESSAGES), str(in_flight)],
                                  capture_output=True, text=True, check=True)
            values.append(float(done.stdout))
    return found


def print_times():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"nanoseconds for each message, both ends on one CPU: median of {SLICES} runs of "
          f"{SLICE_MESSAGES} messages,\nin turns (a tenth of them took less, a tenth more)")
    for in_flight in MESSAGES:
        for transport in "udp", "tcp":
            medians = {}
            for kind, values in times(transport, in_flight).items():
                tenths = statistics.quantiles(values, n=10)
                medians[kind] = statistics.median(values)
                print(f"{transport.upper()}, {in_flight:>2} in flight, {kind:<7}"
                      f"{medians[kind]:>8.0f} ({tenths[0]:.0f} to {tenths[-1]:.0f}), "
                      f"{1e9 / medians[kind]:>10,.0f} messages/s")
            print(f"{'':<23}ratio  {medians['framed'] / medians['echo']:>8.2f}")
