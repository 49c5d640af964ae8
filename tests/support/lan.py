# SPDX-License-Identifier: BSD-3-Clause
"""This end of the private network that sim/lan makes: addresses, frames seen, frames forged."""

import select
import socket
import struct
import subprocess
import time

BRIDGE = "br0"
BOUND_S = 10
AGAIN_S = 0.005
HOST = "10.77.0.1"
HOST6 = "fd77::1"
HOST_LINK_LOCAL = "fe80::ff:fe77:1"

SEEN_ALL = 0x0003  # ETH_P_ALL
ARP = 0x0806
IPV4 = 0x0800
IPV6 = 0x86DD

PSH = 0x08


def bridge_index():
    return socket.if_nametoindex(BRIDGE)


def add_addresses(addresses):
    """Further addresses of this end, usable at once by those who ask for them."""
    for address in addresses:
        flags = ["nodad", "preferred_lft", "0"] if ":" in address else []
        subprocess.run(["ip", "address", "replace", address, "dev", BRIDGE, *flags], check=True)


def remove_address(address):
    subprocess.run(["ip", "address", "delete", address, "dev", BRIDGE], check=True)


def mac_of(tap):
    """A node's default hardware address, as it follows from its IPv4 address."""
    return bytes([0x02, 0x00, 10, 77, 0, tap + 2])


def wait_up(tap):
    """Waits until frames pass between this end and the node on tapN.

    Linux lets a port of the bridge forward some moments after the TAP device was opened; what is
    sent before that is lost. An ARP probe (RFC 5227) is answered, and leaves no trace in the node.
    """
    wait_neighbour(f"10.77.0.{tap + 2}", mac_of(tap))


def wait_neighbour(host, mac=None, bound_s=BOUND_S):
    """Waits until this IPv4 address answers an ARP probe, from that hardware address; which it
    returns."""
    address = socket.inet_aton(host)
    own_mac = bytes.fromhex("020000770001")
    head = struct.pack("!HHBBH", 1, IPV4, 6, 4, 1)
    probe = b"\xff" * 6 + own_mac + struct.pack("!H", ARP) + head
    probe += own_mac + bytes(4) + bytes(6) + address
    end_s = time.monotonic() + bound_s
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP)) as raw:
        raw.bind((BRIDGE, ARP))
        while time.monotonic() < end_s:
            raw.send(probe)
            while select.select([raw], [], [], AGAIN_S)[0]:
                frame = raw.recv(2000)
                if frame[20:22] + frame[28:32] == b"\0\2" + address and mac in (None, frame[22:28]):
                    return frame[22:28]
    raise AssertionError(f"{host} does not answer ARP")


# ---- frames ----------------------------------------------------------------------------------


class Sniffer:
    """Sees each frame that passes an interface, from the moment on that it is made."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(SEEN_ALL))
        self.socket.bind((interface, SEEN_ALL))
        self.socket.setblocking(False)

    def frames(self):
        """What has passed so far and was not asked for yet."""
        frames = []
        while select.select([self.socket], [], [], 0)[0]:
            frames.append(self.socket.recv(65536))
        return frames

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


def udp_ports(frame):
    """(source, destination) of a frame's UDP ports, None if it has none."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == IPV4 and frame[23] == socket.IPPROTO_UDP:
        return struct.unpack_from("!HH", frame, 14 + (frame[14] & 15) * 4)
    if kind == IPV6 and frame[20] == socket.IPPROTO_UDP:
        return struct.unpack_from("!HH", frame, 54)
    return None


def tcp_data(frame, port):
    """(flags, bytes) of an IPv4 frame's TCP segment to a port, None if it is not one."""
    if struct.unpack_from("!H", frame, 12)[0] != IPV4 or frame[23] != socket.IPPROTO_TCP:
        return None
    size = struct.unpack_from("!H", frame, 16)[0]
    at = 14 + (frame[14] & 15) * 4
    if struct.unpack_from("!H", frame, at + 2)[0] != port:
        return None
    return frame[at + 13], frame[at + (frame[at + 12] >> 4) * 4 : 14 + size]


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data[: len(data) & ~1]))
    if len(data) % 2:
        total += data[-1] << 8
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp_packet(source, destination, text):
    """A UDP datagram as an IP packet; source and destination are (address, port)."""
    family = socket.AF_INET6 if ":" in source[0] else socket.AF_INET
    from_ip = socket.inet_pton(family, source[0])
    to_ip = socket.inet_pton(family, destination[0])
    size = 8 + len(text)
    head = struct.pack("!HHHH", source[1], destination[1], size, 0)
    pseudo = from_ip + to_ip + struct.pack("!IHBB", size, 0, 0, socket.IPPROTO_UDP)
    udp = head[:6] + struct.pack("!H", checksum(pseudo + head + text) or 0xFFFF) + text
    if family == socket.AF_INET6:
        ip6 = struct.pack("!IHBB", 0x60000000, size, socket.IPPROTO_UDP, 64)
        return ip6 + from_ip + to_ip + udp
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + size, 1, 0, 64, socket.IPPROTO_UDP, 0)
    check = struct.pack("!H", checksum(ip + from_ip + to_ip))
    return ip[:10] + check + from_ip + to_ip + udp


def forge(tap, source, destination, text):
    """Sends a datagram with a source of our choice to the node on tapN, out of the bridge."""
    kind = IPV6 if ":" in source[0] else IPV4
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(kind)) as raw:
        raw.sendto(
            udp_packet(source, destination, text), (BRIDGE, kind, 0, 0, mac_of(tap))
        )


def advertise_router():
    """One router advertisement that makes this end the nodes' IPv6 router for a minute."""
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
        raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, bridge_index())
        raw.bind((HOST_LINK_LOCAL, 0, 0, bridge_index()))
        advertisement = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 60, 0, 0)
        own_address = struct.pack("!BB6s", 1, 1, bytes.fromhex("020000770001"))
        raw.sendto(advertisement + own_address, ("ff02::1", 0, 0, bridge_index()))
