# SPDX-License-Identifier: BSD-3-Clause
"""The device under a node: taken, taken away."""

import re
import subprocess

import pytest

from support.node import Node, on_tap, run_sim


@pytest.fixture(name="tap")
def spare_tap():
    """A TAP device that is no port of the bridge."""
    subprocess.run(["ip", "tuntap", "add", "spare", "mode", "tap"], check=True)
    yield "spare"
    subprocess.run(["ip", "link", "delete", "spare"], check=False, stderr=subprocess.DEVNULL)


def interface_of(tap):
    return ["--tap", tap, *on_tap(0)[2:]]


def test_node_whose_device_is_taken_away_says_so_and_ends(tap):
    with Node("serve", "--tcp", interface=interface_of(tap)) as node:
        node.wait_line("Listening for client.")
        subprocess.run(["ip", "link", "delete", tap], check=True)
        node.wait_end()
        node.ends(
            "TCP: 0 clients, 0 answered, 0 refused, 0 lost.",
            status=1,
            errors=[re.compile("error: the network interface is gone: .*")],
        )


def test_device_of_another_node_is_refused(tap):
    with Node("serve", "--tcp", interface=interface_of(tap)) as node:
        node.wait_line("Listening for client.")
        second = run_sim(*interface_of(tap), "serve")
        assert second.returncode == 1
        assert "Another program has it open" in second.stderr
        node.rest()
