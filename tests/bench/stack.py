# SPDX-License-Identifier: BSD-3-Clause
"""The worst stack below each of the engine's public functions, from gcc's .ci files.

The engine calls through pointers only what its configuration gives it, which is not counted; nor is
what it calls of the C library. In a recursion each function counts once: the engine's own are ended
by its state after one round.
"""

import collections
import re

NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \(static', re.M)
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', re.M)


def read(files):
    frames, calls = {}, collections.defaultdict(set)
    for file in files:
        text = file.read_text()
        frames.update((name, int(size)) for name, size in NODE.findall(text))
        for caller, callee in EDGE.findall(text):
            calls[caller].add(callee)
    return frames, calls


def worst_below(name, frames, calls, path=()):
    """(bytes, the path)"""
    if name not in frames:
        return 0, []
    deepest = max((worst_below(callee, frames, calls, (*path, name))
                   for callee in calls[name] - {*path, name}),
                  default=(0, []), key=lambda found: found[0])
    return frames[name] + deepest[0], [name, *deepest[1]]


def worst(files, functions):
    frames, calls = read(files)
    return max((worst_below(name, frames, calls) for name in functions if name in frames),
               key=lambda found: found[0])
