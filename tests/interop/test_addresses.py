# SPDX-License-Identifier: BSD-3-Clause
"""Where a node's addresses and names come from: DHCP or its want, routers, name servers."""

import re
import signal
import subprocess

from support import lan
from support.dnsmasq import DHCP, LEASES, NAME, NAME6, NO_NAME, ROUTER, Dnsmasq
from support.lan import HOST, HOST6
from support.node import Console, address_of, link_local_of
from support.peer import PORT, acknowledgement, acknowledgement_udp, ask, ask_udp, Server, udp_socket

TAP = ["--tap", "tap0"]
FALLBACK = ["--address", f"{address_of(0)}/24"]
FROM_DHCP = re.compile(rf"Address 10\.77\.0\.5\d/24, from DHCP, router {HOST}")
SLAAC = "Address fd77::aff:fe4d:2/64, preferred"
LINK_LOCAL = f"Address {link_local_of(0)}/64, preferred"


def node_with(*options):
    return Console(*options, interface=TAP)


def address_in(line):
    return line.split("/")[0].removeprefix("Address ")


def answers_at(address):
    server = (address, PORT)
    assert ask(server, b"Hello") == acknowledgement(b"Hello")
    assert ask_udp(server, b"Hello") == acknowledgement_udp(b"Hello")


def ends(node, *errors):
    """Ctrl-C; these are its errors."""
    node.process.send_signal(signal.SIGINT)
    node.wait_line(re.compile("UDP: .*"))
    node.ends(errors=errors)


# ---- IPv4 ------------------------------------------------------------------------------------


def test_address_router_and_name_server_come_from_dhcp():
    with Dnsmasq(*DHCP), node_with("--dhcp") as node:
        address = address_in(node.wait_line(FROM_DHCP))
        assert address in LEASES
        answers_at(address)
        node.type("netif")
        node.wait_line(FROM_DHCP)
        node.wait_line(f"Name server {HOST}")


def test_without_dhcp_the_fixed_address_is_taken_in_time():
    with node_with("--dhcp", "--dhcp-wait", 1500, *FALLBACK) as node:
        node.wait_line("No answer from DHCP: taking the fixed address.")
        node.expect(f"Address {address_of(0)}/24, fixed")
        answers_at(address_of(0))


def test_without_dhcp_and_fixed_address_there_is_ipv6():
    with node_with("--dhcp", "--dhcp-wait", 1000) as node:
        node.wait_line(re.compile("Address fe80::.*/64, preferred"))
        node.type("send udp 10.77.0.1 hello")
        failure = re.compile("error: UDP to 10.77.0.1 port 9999: no route there .*")
        node.wait_error(failure)
        ends(node, failure)


def test_dhcp_server_that_comes_late_is_heard():
    with node_with("--dhcp", "--dhcp-wait", 500, *FALLBACK) as node:
        node.wait_line(f"Address {address_of(0)}/24, fixed")
        with Dnsmasq(*DHCP):
            node.wait_line(f"Address {address_of(0)} is gone.", bound_s=30)
            node.expect(FROM_DHCP)
            answers_at(address_in(node.lines()[-1]))


def test_pulled_cable_is_told_and_dhcp_asked_again():
    with Dnsmasq(*DHCP) as server, node_with("--dhcp") as node:
        address = address_in(node.wait_line(FROM_DHCP))
        subprocess.run(["ip", "link", "set", "tap0", "down"], check=True)
        node.wait_line("Link is down.")
        subprocess.run(["ip", "link", "set", "tap0", "up"], check=True)
        node.wait_line("Link is up.")
        requests = re.compile(rf".*DHCPACK\(br0\) {address} .*")
        server.wait_error(requests, count=2)
        answers_at(address)


# ---- IPv6 ------------------------------------------------------------------------------------


def test_address_and_name_server_come_from_a_router():
    with Dnsmasq(*ROUTER), node_with(*FALLBACK) as node:
        node.wait_line(SLAAC)
        answers_at("fd77::aff:fe4d:2")
        node.type("netif")
        node.wait_line(LINK_LOCAL)
        node.wait_line(SLAAC)
        node.wait_line(re.compile("Name server f[de].*"))


def test_address_that_another_node_has_is_not_used():
    lan.add_addresses([f"{link_local_of(0)}/64"])
    try:
        with node_with(*FALLBACK) as node:
            duplicate = f"Address {link_local_of(0)}/64, a duplicate: another node has it"
            node.wait_line(duplicate)
            node.type("netif")
            node.wait_line(duplicate)
    finally:
        lan.remove_address(f"{link_local_of(0)}/64")


# ---- names -----------------------------------------------------------------------------------


def sent_to(node, command, listener):
    with udp_socket(listener) as server:

        def answer():
            text, client = server.recvfrom(65536)
            server.sendto(acknowledgement_udp(text), client)
            return text

        with Server(answer) as thread:
            node.type(command)
            node.wait_line("Terminating the Connection.")
        return thread.result


def test_message_is_sent_to_a_name():
    addresses = ["--no-dad", "--address6", "fd77::2/64", *FALLBACK]
    with Dnsmasq(), node_with(*addresses, "--dns", HOST) as node:
        assert sent_to(node, f"send udp {NAME} four", (HOST, PORT)) == b"four"
        assert sent_to(node, f"send udp {NAME6} six", (HOST6, PORT)) == b"six"


def test_name_that_there_is_not_is_told_and_the_next_one_is_found():
    failure = f"error: send to {NO_NAME}: no such name, or no answer from the name server"
    with Dnsmasq(), node_with("--no-dad", *FALLBACK, "--dns", HOST) as node:
        node.type(f"send udp {NO_NAME} hello")
        node.wait_error(failure)
        assert sent_to(node, f"send udp {NAME} hello", (HOST, PORT)) == b"hello"
        ends(node, failure)


def test_name_without_a_name_server_is_told():
    failure = f"error: send to {NAME}: no name server is known yet"
    with node_with("--no-dad", *FALLBACK) as node:
        node.type(f"send tcp {NAME} hello")
        node.wait_error(failure)
        ends(node, failure)


def test_second_message_waits_for_the_first_ones_name():
    busy = "error: a message is on its way; send the next one when that has ended"
    failure = f"error: send to {NAME}: no such name, or no answer from the name server"
    with node_with("--no-dad", *FALLBACK, "--dns", "10.77.0.53") as node:
        node.type(f"send tcp {NAME} hello")
        node.type(f"send tcp {HOST} hello")
        node.wait_error(busy)
        node.wait_error(failure, bound_s=30)
        ends(node, busy, failure)
