# SPDX-License-Identifier: BSD-3-Clause
"""All of it again and again, for --minutes: nothing is lost, nothing leaks."""

import random
import time

import pytest
from rig import hostile
from rig.traffic import Traffic

pytestmark = pytest.mark.needs("framed", "ipv4")

IMPAIRMENTS = [{}, {"loss": "5%"}, {"delay": "5ms", "jitter": "5ms"}, {"duplicate": "20%"},
               {"reorder": "20%", "hold": "5ms"}]


def one_round(dut, dice, new_host, exchange):
    """A conversation on some network, with something in between; then plain messages."""
    kind = dice.choice(["udp", "tcp"])
    with new_host(heartbeat=10) as host:
        host.connect(dut.url(kind))
        dut.network.impair(dice.choice(IMPAIRMENTS))
        traffic = Traffic(dut, host)
        traffic.run_until_messages(dice.randrange(20, 60))
        what = dice.randrange(3)
        if what == 0:
            dut.cut()
            traffic.run_for(dice.uniform(0.05, 0.5))
            dut.mend()
        elif what == 1:
            hostile.send_all(hostile.storm(100, dice.random()))
        traffic.run_until_messages(10)
        traffic.stop()
        traffic.check(may_lose=False)
        dut.network.clear()
        messages = len(host.outcomes) + len(host.texts)
    exchange(dut)
    return messages


def test_soak(dut, minutes, seed, figures, new_host, exchange):
    dice = random.Random(seed)
    before = dut.check()
    end_s = time.monotonic() + 60 * minutes
    rounds = messages = 0
    while time.monotonic() < end_s:
        messages += one_round(dut, dice, new_host, exchange)
        rounds += 1
        dut.check()
    after = dut.check()
    figures.update({"rounds": rounds, "messages": messages,
                    "in use before": before.in_use(), "in use after": after.in_use(),
                    "at most": after.high_water(), "times none left": after.none_left()})
    assert rounds > 0
