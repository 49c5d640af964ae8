#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The checker judges by what an application sees: of the engine it includes msgr/msgr.h alone.

usage: checker_includes.py FOLDER
"""

import pathlib
import re
import sys

OWN = {"checker.h", "checker_parts.h", "payload.h", "dice.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def forbidden(folder):
    for file in sorted([*folder.glob("checker*.[ch]"), folder / "payload.c", folder / "payload.h"]):
        if file.name == "checker_self_test.c":
            continue
        for kind, name in INCLUDE.findall(file.read_text()):
            is_standard = kind == "<" and "/" not in name
            if not is_standard and name not in OWN | {"msgr/msgr.h"}:
                yield f"{file.name} may not include {name}"


folder = pathlib.Path(sys.argv[1])
found = list(forbidden(folder))
if not (folder / "checker.c").is_file():
    found.append(f"{folder} holds no checker")
for line in found:
    print(line)
sys.exit(1 if found else 0)
