# SPDX-License-Identifier: BSD-3-Clause
"""The network between this computer and the target loses, delays, repeats, reorders and changes
frames, or is slow: all messages are delivered, once and in order. What that costs is recorded; a
plot is made of it by tests/hil/run --plot."""

import time

import pytest
from rig.traffic import Traffic

pytestmark = pytest.mark.needs("framed", "ipv4")

COUNT = 50
BOUND_S = 60
NETWORKS = {
    **{f"loss {percent}%": {"loss": f"{percent}%"} for percent in (0, 5, 10, 20, 30)},
    "delay 20 ms": {"delay": "20ms", "jitter": "10ms"},
    "duplicates 30%": {"duplicate": "30%"},
    "reordering 30%": {"reorder": "30%", "hold": "5ms"},
    "changes 10%": {"flip": "10%"},
    "rate 256 kbit": {"rate": "256kbit"},
    "all of these": {"loss": "10%", "delay": "5ms", "jitter": "5ms", "duplicate": "10%",
                     "reorder": "10%", "flip": "2%"},
}


def require_impaired(settings, before, after, round_trip_s):
    """The network was as bad as it was to be."""
    for setting, counter in ("loss", "lost"), ("duplicate", "duplicated"), ("flip", "flipped"):
        if settings.get(setting, "0%") != "0%":
            for way in "ab", "ba":
                assert after[way][counter] > before[way][counter], f"nothing was {counter} ({way})"
    if "delay" in settings:
        assert round_trip_s >= 2 * float(settings["delay"].removesuffix("ms")) / 1000


def median(values):
    return sorted(values)[len(values) // 2]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("kind", ["udp"])
def test_all_is_delivered(dut, new_host, figures, network, kind):
    with new_host(heartbeat=10) as host:
        host.connect(dut.url(kind))
        dut.network.impair(NETWORKS[network])
        before = dut.network.counters()
        round_trips = []
        for number in range(COUNT):
            start_s = time.monotonic()
            host.send(dut.peer_name, f"alone {number}", BOUND_S)
            host.run_until("an outcome", host.is_settled, BOUND_S)
            round_trips.append(time.monotonic() - start_s)
        start_s = time.monotonic()
        traffic = Traffic(dut, host)
        traffic.run_until_messages(COUNT)
        seconds = time.monotonic() - start_s
        traffic.stop()
        traffic.check(may_lose=False)
    require_impaired(NETWORKS[network], before, dut.network.counters(), median(round_trips))
    figures["round trip, median, ms"] = round(1000 * median(round_trips), 2)
    figures["round trip, longest, ms"] = round(1000 * max(round_trips), 2)
    figures["messages a second each way, 8 at a time"] = round(COUNT / seconds, 1)
    figures.update({name: float(value.rstrip("%mskbit")) for name, value in NETWORKS[network].items()})


@pytest.mark.parametrize("network", ["loss 5%", "all of these"])
def test_tcp_delivers_all_too(dut, new_host, network):
    with new_host(heartbeat=10) as host:
        host.connect(dut.url("tcp"))
        dut.network.impair(NETWORKS[network])
        for number in range(COUNT):
            host.send(dut.peer_name, f"message {number:06}", BOUND_S)
        host.run_until("all outcomes", host.is_settled, BOUND_S)
        dut.network.clear()
        assert len(host.texts_of("delivered")) == COUNT
