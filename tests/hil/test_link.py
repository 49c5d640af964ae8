# SPDX-License-Identifier: BSD-3-Clause
"""The cable is pulled and put in again at random points of a running conversation: messages are
late, and none is lost."""

import random

import pytest
from rig.traffic import Traffic
from support import peer

pytestmark = pytest.mark.needs("framed", "ipv4")

NOTHING_S = 0.5
CUT_S = (0.05, 1.0)  # less than the shortest time in which a peer is called silent


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_link_flap_delays_messages_and_loses_none(dut, new_host, times, seed, figures, kind):
    dice = random.Random(f"{seed} {kind}")
    with new_host(heartbeat=5) as host:
        host.connect(dut.url(kind))
        traffic = Traffic(dut, host)
        for _ in times:
            traffic.run_until_messages(10)
            traffic.run_for(dice.uniform(0, 0.2))
            dut.cut()
            traffic.run_for(dice.uniform(*CUT_S))
            dut.mend()
        traffic.run_until_messages(10)
        traffic.stop()
        traffic.check(may_lose=False)
        figures.update({"messages": len(host.outcomes), "times it came up": host.ups})


def test_plain_messages_are_answered_after_a_flap(dut, exchange):
    exchange(dut)
    dut.cut()
    with pytest.raises(OSError):
        peer.ask_udp(dut.at(), b"through a cable that is pulled", bound_s=NOTHING_S)
    dut.mend()
    exchange(dut)
