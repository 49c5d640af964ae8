# SPDX-License-Identifier: BSD-3-Clause
"""Whose fault it is that a test did not pass.

A test that fails by an assertion, or by TargetFault, judges the product. BenchFault says that
nothing could be judged: it ends the session, for what follows could not be judged either.
"""

PASSED, FAILED, BENCH, SKIPPED = "passed", "failed", "bench", "skipped"

STATUS_FAILED = 1  # the product
STATUS_USAGE = 2
STATUS_BENCH = 3
STATUS_INTERRUPTED = 130


class TargetFault(AssertionError):
    """The target does not do what it should."""


class BenchFault(Exception):
    """The bench does not do what it should: hardware and programs around the target."""
