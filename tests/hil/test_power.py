# SPDX-License-Identifier: BSD-3-Clause
"""The power is cut at random points of a running conversation: what is told of each message is
true, and afterwards the conversation goes on by itself."""

import random

import pytest
from rig.traffic import Traffic

pytestmark = pytest.mark.needs("power", "framed", "ipv4")


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_power_cut_gives_true_outcomes(dut, new_host, times, seed, figures, kind):
    dice = random.Random(f"{seed} {kind}")
    counts = {"delivered": 0, "not delivered": 0, "unknown": 0}
    for _ in times:
        with new_host() as host:
            host.connect(dut.url(kind))
            traffic = Traffic(dut, host)
            traffic.run_until_messages(20)
            traffic.run_for(dice.uniform(0, 0.3))
            dut.power_off()
            traffic.run_for(dice.uniform(0, 0.3))  # it writes to one that is not there
            dut.power_on()
            dut.wait_boot()
            traffic.stop(is_target_new=True)
            traffic.check()
            host.run_until("the conversation again", lambda: host.is_up)
            for text in host.outcomes.values():
                counts[text] += 1
            handle = host.send(dut.peer_name, "welcome back")
            host.run_until("an outcome", host.is_settled)
            assert host.outcomes[handle] == "delivered"
            dut.console.wait_line(f"Message from {host.name}: welcome back")
    figures.update(counts)
    assert counts["delivered"] >= 20 * len(times)
