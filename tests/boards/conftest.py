# SPDX-License-Identifier: BSD-3-Clause
"""Each test runs on each board; what is needed is built first, and what is missing is said."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import board as boards  # noqa: E402
from support.node import Program  # noqa: E402


@pytest.fixture(scope="session", params=boards.BOARDS)
def name(request):
    missing = boards.missing_tools()
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (sim/setup board)")
    boards.build(request.param)
    return request.param


@pytest.fixture
def board(name):
    with boards.ForwardedBoard(name) as running:
        yield running.wait_boot()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test tells what its boards have said; one of several tests does not itself."""
    report = (yield).get_result()
    if report.failed:
        said = [str(value) for value in item.funcargs.values() if isinstance(value, Program)]
        report.sections += [("Programs", text) for text in said]
