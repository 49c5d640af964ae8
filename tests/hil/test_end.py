# SPDX-License-Identifier: BSD-3-Clause
"""The last test of all: what lingered after others is given back."""

from rig.dut import LINGER_S


def test_everything_is_given_back_in_the_end(dut, figures):
    stats = dut.check(LINGER_S)
    figures.update({"in use": stats.in_use(), "at most": stats.high_water(),
                    "times none left": stats.none_left()})
