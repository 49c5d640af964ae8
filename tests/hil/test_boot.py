# SPDX-License-Identifier: BSD-3-Clause
"""It boots, says what it is, and reports itself in a way that programs read."""

import re

import pytest
from rig import dut as duts

POOLS = {"UDP_PCB", "TCP_PCB", "TCP_PCB_LISTEN", "TCP_SEG", "SYS_TIMEOUT", "PBUF", "PBUF_POOL"}


def test_banner_says_version_board_and_why_it_was_reset(dut):
    version, board, reason = dut.banners()[0]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert board and reason == dut.boot_reason


def test_self_report_is_whole_and_agrees_with_the_banner(dut):
    stats = dut.stats()
    target = stats["target"]
    assert (target["version"], target["board"], target["reset"]) == dut.banners()[0]
    assert POOLS <= set(stats.pools)
    for pool in stats.pools.values():
        assert pool["used"] <= pool["used_at_most"] <= pool["there"]
        assert pool["times_none_left"] == 0, pool
    assert stats["frames"]["received"] > 0 and stats["frames"]["sent"] > 0


def test_memory_figures_are_recorded(dut, figures):
    stats = dut.stats()
    memory = stats["memory"]
    if memory["ram"]:
        assert memory["ram_used"] < memory["ram"]
        assert 0 < memory["stack_used_at_most"] < memory["stack"]
    figures.update({f"at most: {what}": used for what, used in stats.high_water().items()})
    figures["RAM used, bytes"] = memory["ram_used"]


@pytest.mark.needs("reset_reason")
def test_reset_on_command_is_told_as_one(dut):
    dut.reset()
    assert dut.stats()["target"]["reset"] == duts.SOFTWARE
