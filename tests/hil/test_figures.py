# SPDX-License-Identifier: BSD-3-Clause
"""How long messages take and how many pass: recorded, not judged."""

import json
import statistics
import time

import pytest
from support import peer
from support.desktop import MSGR, run

KINDS = ["udp", "tcp"]
COUNT = 200
WOKEN_S = 0.05


def record(figures, prefix, times_s):
    times_s = sorted(times_s)
    figures[f"{prefix}, median, ms"] = round(1000 * statistics.median(times_s), 3)
    figures[f"{prefix}, 99 of 100, ms"] = round(1000 * times_s[len(times_s) * 99 // 100], 3)


def timed(work):
    start_s = time.monotonic()
    work()
    return time.monotonic() - start_s


@pytest.mark.needs("ipv4")
@pytest.mark.parametrize("transport, ask", [("udp", peer.ask_udp), ("tcp", peer.ask)])
def test_plain_round_trip(dut, figures, transport, ask):
    text = b"x" * 64
    ask(dut.at(), text)
    record(figures, f"plain {transport}", [timed(lambda: ask(dut.at(), text)) for _ in range(50)])


@pytest.mark.needs("ipv4")
def test_frame_wakes_the_target(dut, figures):
    """One that a frame does not wake takes it when a timer wakes it: lwIP's shortest come every
    100 ms. This one figure is judged; half of many is below that on the slowest machine."""
    text = b"wake up"
    times_s = [timed(lambda: peer.ask_udp(dut.at(), text)) for _ in range(30)]
    figures["median, ms"] = round(1000 * statistics.median(times_s), 3)
    assert statistics.median(times_s) < WOKEN_S, "frames do not wake it"


@pytest.mark.needs("framed", "ipv4")
@pytest.mark.parametrize("kind", KINDS)
def test_framed_round_trip_and_throughput(dut, figures, kind):
    """With msgr, the program for a computer, as the other end."""
    for command, words in ("ping", ["-i", 0]), ("bench", ["-w", 8]):
        done = run(command, "--json", "--name", f"{command}-{kind}", "-c", COUNT, *words, dut.url(kind))
        assert done.returncode == 0, f"{MSGR} {command}: {done}"
        result = json.loads(done.stdout.splitlines()[-1])
        assert result["delivered"] == COUNT, result
        figures.update({f"{command} {name}": value for name, value in result.items()
                        if isinstance(value, (int, float)) and not isinstance(value, bool)})


@pytest.mark.needs("framed", "ipv4")
@pytest.mark.parametrize("size", [64, 512])
def test_target_sends_as_fast_as_it_can(dut, new_host, figures, size):
    with new_host() as host:
        host.connect(dut.url("udp"))
        start_s = time.monotonic()
        dut.console.type(f"ping {host.name} {COUNT} {size} 8")
        host.run_until("all messages", lambda: len(host.texts) == COUNT)
        figures["messages a second"] = round(COUNT / (time.monotonic() - start_s))
        host.run_until("the result", lambda: dut.said(f"{COUNT} messages to {host.name}: "))
    assert dut.said(f"{COUNT} messages to {host.name}: {COUNT} delivered")
