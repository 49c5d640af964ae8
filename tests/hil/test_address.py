# SPDX-License-Identifier: BSD-3-Clause
"""Its addresses: as told, or from a DHCP server."""

import pytest
from support.dnsmasq import LEASES


@pytest.mark.needs("settings", "ipv4")
def test_fixed_address_is_the_one_that_was_told(dut, exchange):
    assert dut.address == "10.77.0.2"
    assert any("fixed" in origin for origin in dut.origin_of(dut.address))
    exchange(dut)


@pytest.mark.needs("settings", "ipv6")
def test_fixed_ipv6_address_is_the_one_that_was_told(dut, exchange):
    assert dut.host("ipv6") == "fd77::2"
    exchange(dut, "ipv6")


@pytest.mark.needs("ipv4")
@pytest.mark.settings
def test_dhcp_server_gives_an_address(dut, exchange):
    if dut.can("settings"):
        with dut.network.dhcp():
            dut.boot(address="dhcp")
            check_lease(dut, exchange)
    else:
        check_lease(dut, exchange)  # the session's server has given it


def check_lease(dut, exchange):
    assert dut.address in LEASES
    assert any("from DHCP" in origin for origin in dut.origin_of(dut.address))
    exchange(dut)
