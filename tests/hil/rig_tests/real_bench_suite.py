# SPDX-License-Identifier: BSD-3-Clause
"""What test_real_bench.py runs against its board, beside the suite's test_boot.py."""

import socket

import pytest
from rig.outside import outside
from rig_tests import real_board
from support import peer
from support.dnsmasq import LEASES

TEXT = b"over a real cable"
SILENCE_S = 0.5


def exchange(dut, version="ipv4"):
    assert peer.ask(dut.at(version), TEXT) == peer.acknowledgement(TEXT)
    assert peer.ask_udp(dut.at(version), TEXT) == peer.acknowledgement_udp(TEXT)


def answers(dut):
    with peer.udp_socket(("0.0.0.0", 0)) as client:
        client.settimeout(SILENCE_S)
        client.sendto(TEXT, dut.at())
        try:
            return client.recv(2000) == peer.acknowledgement_udp(TEXT)
        except socket.timeout:
            return False


def test_plain_exchange(dut):
    assert dut.address in LEASES
    exchange(dut)
    if dut.can("ipv6"):
        exchange(dut, "ipv6")


@pytest.mark.needs("settings")
def test_settings(dut):
    raise AssertionError("none can be given to it")


@pytest.mark.needs("power")
def test_power_cut(dut):
    dut.power_off()
    assert not answers(dut)
    dut.power_on()
    dut.wait_boot()
    exchange(dut)


def test_cable_is_pulled(dut):
    assert answers(dut)
    dut.cut()
    assert not answers(dut)
    dut.mend()
    dut.network.wait_neighbour(dut.address)
    exchange(dut)


def test_serial_adapter_is_unplugged(dut):
    with outside():
        real_board.tell("unplug/0")
    dut.stats()
