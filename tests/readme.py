#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What README.md shows of a command's output is what the command prints.

usage: readme.py README COMMAND...

The block of README that begins with "$ ./sim/COMMAND", without --no-install, is compared with the
output, ports, times and counts aside, from the block's first line on: before it, a first run tells of
setting up. A line "..." stands for any number of lines. Prints the output too.
"""

import pathlib
import re
import subprocess
import sys


def without_counts(text):
    text = re.sub(r"(', )[0-9]+\)", r"\1N)", text)
    text = re.sub(r"\d+ (ms|messages|delivered|not delivered|unknown|of them)", r"N \1", text)
    text = re.sub(r"Message \d+", "Message N", text)
    return [line.rstrip() for line in text.splitlines()]


def block_of(readme, command):
    for block in re.findall(r"```console\n(.*?)```", readme, re.DOTALL):
        first, _, rest = block.partition("\n")
        if first == f"$ ./{command}":
            return without_counts(rest)
    sys.exit(f"README has no block that begins with: $ ./{command}")


def is_shown(shown, printed):
    """Does each run of lines between "..." follow the one before?"""
    runs = "\n".join(shown).split("\n...\n")
    text = "\n".join(printed)
    at = 0
    for run in runs:
        found = text.find(run, at)
        if found < 0:
            return False
        at = found + len(run)
    return text[at:].strip() == ""


def main():
    readme, *command = sys.argv[1:]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(run.stdout, end="")
    if run.returncode:
        sys.exit(run.returncode)
    words = ["sim/" + pathlib.Path(command[0]).name, *command[1:]]
    words = [word for word in words if word != "--no-install"]
    shown = block_of(pathlib.Path(readme).read_text(), " ".join(words))
    if not is_shown(shown, without_counts(run.stdout)):
        sys.exit("README.md shows something else. What it should show is above.")


main()
