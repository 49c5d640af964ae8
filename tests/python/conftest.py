# SPDX-License-Identifier: BSD-3-Clause
"""The node in Python (sim/msgr.py), on addresses of this computer: no network is needed."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "sim"), str(pathlib.Path(__file__).parent)]
