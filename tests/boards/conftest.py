# SPDX-License-Identifier: BSD-3-Clause
"""Each test runs on each board; what is needed is built first, and what is missing is said."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import board as boards  # noqa: E402


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
