# SPDX-License-Identifier: BSD-3-Clause
"""msgr on this computer's own sockets; test_nodes.py in a private network."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import desktop  # noqa: E402
from support.node import Program  # noqa: E402

IN_A_LAN = ["test_nodes.py"]


def pytest_collection_modifyitems(items):
    if not os.access(desktop.MSGR, os.X_OK):
        raise pytest.UsageError(f"no program {desktop.MSGR}: build it, or tell MSGR")
    if "MSGR_LAN" not in os.environ and any(item.path.name in IN_A_LAN for item in items):
        raise pytest.UsageError("these tests need a private network: "
                                "sim/lan 1 -- /usr/bin/python3 -m pytest -q tests/desktop")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test tells what its programs have said; one of several tests does not itself."""
    report = (yield).get_result()
    if report.failed:
        said = [str(value) for value in item.funcargs.values() if isinstance(value, Program)]
        report.sections += [("Programs", text) for text in said]
