# SPDX-License-Identifier: BSD-3-Clause
"""test_impair.py needs no privileges; test_linux.py runs inside sim/lan 1 --impair later."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import impair, node  # noqa: E402


def pytest_collection_modifyitems(items):
    needs_lan = any(item.path.name == "test_linux.py" for item in items)
    if needs_lan and "MSGR_LAN" not in os.environ:
        raise pytest.UsageError(
            "test_linux.py needs a private network: sim/lan 1 --impair later -- "
            "/usr/bin/python3 -m pytest -q tests/impair/test_linux.py"
        )
    for program in impair.IMPAIR, node.SIM:
        if not os.access(program, os.X_OK):
            raise pytest.UsageError(f"no program {program}: build it first")
