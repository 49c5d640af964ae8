# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the rig itself; tests/hil/conftest.py is not for them."""

import pathlib
import sys

HIL = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HIL.parent), str(HIL)]
