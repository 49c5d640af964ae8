# SPDX-License-Identifier: BSD-3-Clause
"""Traffic that no friend sends: storms, malformed packets, floods of connections. Bounded in count,
and only ever sent on the private network's bridge."""

import contextlib
import errno
import random
import select
import socket

from scapy.config import conf
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import (ICMPv6EchoRequest, ICMPv6ND_NS, ICMPv6ND_RA, IPv6,
                                IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop,
                                IPv6ExtHdrRouting)
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw, fuzz
from support.lan import BRIDGE, HOST, HOST6

OWN_MAC = "02:00:00:77:00:01"
BROADCAST = "ff:ff:ff:ff:ff:ff"
ROOM_S = 5
conf.verb = 0


@contextlib.contextmanager
def raw_socket():
    """Sends frames as they are, out of the bridge."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind((BRIDGE, 0))
        yield raw


def send_all(frames):
    with raw_socket() as raw:
        for frame in frames:
            while True:
                try:
                    raw.send(bytes(frame)[:1514])
                    break
                except OSError as error:
                    if error.errno != errno.ENOBUFS:
                        raise
                    select.select([], [raw], [], ROOM_S)


# ---- storms ----------------------------------------------------------------------------------


def storm(count, seed):
    """Broadcasts and multicasts of all kinds: ARP, IPv4, IPv6, and of no protocol at all."""
    dice = random.Random(seed)
    kinds = [
        Ether(src=OWN_MAC, dst=BROADCAST) / ARP(op=1, psrc=HOST, pdst="10.77.0.200"),
        Ether(src=OWN_MAC, dst=BROADCAST) / IP(src=HOST, dst="10.77.0.255") / UDP(
            sport=5000, dport=9999) / Raw(b"to everybody"),
        Ether(src=OWN_MAC, dst=BROADCAST) / IP(src=HOST, dst="255.255.255.255") / UDP(
            sport=68, dport=67) / Raw(b"\0" * 300),
        Ether(src=OWN_MAC, dst="33:33:00:00:00:01") / IPv6(src=HOST6, dst="ff02::1") / UDP(
            sport=5000, dport=9999) / Raw(b"to everybody"),
        Ether(src=OWN_MAC, dst="01:00:5e:00:00:fb") / IP(src=HOST, dst="224.0.0.251", ttl=255) / UDP(
            sport=5353, dport=5353) / Raw(b"\0" * 40),
        Ether(src=OWN_MAC, dst=BROADCAST, type=0x88B5) / Raw(b"\x5a" * 1000),
    ]
    frames = [bytes(kind) for kind in kinds]
    return [dice.choice(frames) for _ in range(count)]


# ---- malformed -------------------------------------------------------------------------------


def malformed(mac, address, address6, port, count, seed):
    """Packets of which something is wrong, and then some of which everything may be."""
    random.seed(seed)  # scapy's fuzz() draws from there
    dice = random.Random(seed)
    packets = [*broken_ip(address, port), *broken_tcp(address, port), *broken_udp(address, port),
               *broken_arp(address)]
    if address6:
        packets += broken_ip6(address6, port)
    while len(packets) < count:
        packets.append(dice.choice([
            lambda: fuzz(IP(src=HOST, dst=address)) / fuzz(TCP(dport=port)),
            lambda: IP(src=HOST, dst=address) / fuzz(TCP(dport=port)) / Raw(dice.randbytes(20)),
            lambda: IP(src=HOST, dst=address) / fuzz(UDP(dport=port)) / Raw(dice.randbytes(50)),
            lambda: IP(src=HOST, dst=address, proto=dice.randrange(256)) / Raw(dice.randbytes(80)),
            lambda: IP(src=HOST, dst=address) / fuzz(ICMP()),
            lambda: cut(IP(src=HOST, dst=address) / UDP(sport=5000, dport=port) / Raw(b"x" * 60), dice),
            lambda: flipped(IP(src=HOST, dst=address) / TCP(dport=port, flags="S"), dice),
            lambda: IP(src=HOST, dst=address) / UDP(sport=5000, dport=port) / Raw(
                framed_rubbish(dice)),
        ])())
    return [frame_of(mac, packet) for packet in packets]


def frame_of(mac, packet):
    if isinstance(packet, (bytes, bytearray)):
        kind = 0x86DD if packet and packet[0] >> 4 == 6 else 0x0800
        return Ether(src=OWN_MAC, dst=mac, type=kind) / Raw(bytes(packet))
    return Ether(src=OWN_MAC, dst=mac) / packet


def cut(packet, dice):
    data = bytes(packet)
    return data[: dice.randrange(1, len(data))]


def flipped(packet, dice):
    data = bytearray(bytes(packet))
    for _ in range(dice.randrange(1, 8)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def framed_rubbish(dice):
    """Behind the framed protocol's mark (app/SPEC.md, 2)."""
    return bytes.fromhex("f94d4701") + dice.randbytes(dice.randrange(0, 100))


def broken_ip(address, port):
    ip = IP(src=HOST, dst=address)
    udp = UDP(sport=5000, dport=port) / Raw(b"x" * 600)
    yield from (IP(src=HOST, dst=address, version=version) / udp for version in (0, 5, 15))
    yield from (IP(src=HOST, dst=address, ihl=ihl) / udp for ihl in (0, 1, 4, 15))
    yield from (IP(src=HOST, dst=address, len=size) / udp for size in (0, 19, 20, 27, 1500, 65535))
    yield IP(src=HOST, dst=address, chksum=0x1234) / udp
    yield IP(src=HOST, dst=address, ttl=0) / udp
    yield IP(src=address, dst=address) / TCP(sport=port, dport=port, flags="S")  # LAND
    yield from (IP(src=source, dst=address) / udp
                for source in ("0.0.0.0", "127.0.0.1", "255.255.255.255", "224.0.0.1", "10.77.0.255"))
    parts = fragment(ip / udp, fragsize=200)
    yield from parts[:-1]  # never whole
    yield from (IP(src=HOST, dst=address, id=77, flags="MF", frag=at) / Raw(b"y" * 64)
                for at in (0, 4, 2, 8, 4))  # overlapping
    yield IP(src=HOST, dst=address, id=78, flags=0, frag=8189) / Raw(b"z" * 200)  # beyond 64 KB
    yield IP(src=HOST, dst=address, options=b"\x07\x27\x04" + b"\0" * 37) / udp
    yield IP(src=HOST, dst=address, options=b"\x44\x00\x05\x00") / udp
    yield ip / ICMP(type=5, code=1, gw="10.77.0.99") / udp  # redirect
    yield ip / ICMP(type=3, code=4) / IP(src=address, dst=HOST) / TCP(sport=port)


def broken_tcp(address, port):
    ip = IP(src=HOST, dst=address)
    for flags in ("", "F", "SF", "SR", "FPU", "SAFRPU", "R", "A", "SA", "FA"):
        yield ip / TCP(sport=5001, dport=port, flags=flags, seq=1, ack=77)
    yield from (ip / TCP(sport=5002, dport=port, flags="S", dataofs=offset)
                for offset in (0, 1, 4, 15))
    yield ip / TCP(sport=5003, dport=port, flags="S", chksum=0)
    for options in (b"\x02\x00\x05\xb4", b"\x02\x04\x00\x00", b"\x02\x04\xff\xff", b"\x03\x03\xff\x00",
                    b"\x08\xff\x00\x00", b"\x02", b"\x01" * 40):
        yield bytes(ip / TCP(sport=5004, dport=port, flags="S", dataofs=5 + (len(options) + 3) // 4)
                    / Raw(options.ljust((len(options) + 3) // 4 * 4, b"\0")))
    yield ip / TCP(sport=0, dport=port, flags="S")
    yield ip / TCP(sport=5005, dport=port, flags="SU", urgptr=65535) / Raw(b"u" * 10)


def broken_udp(address, port):
    ip = IP(src=HOST, dst=address)
    yield from (ip / UDP(sport=5000, dport=port, len=size) / Raw(b"x" * 20)
                for size in (0, 7, 8, 27, 29, 65535))
    yield ip / UDP(sport=5000, dport=port, chksum=0x1234) / Raw(b"x")
    yield ip / UDP(sport=0, dport=port) / Raw(b"nobody to answer")
    yield ip / UDP(sport=port, dport=port) / Raw(b"Message received: a server's answer")


def broken_arp(address):
    yield ARP(hwlen=0, op=1, psrc=HOST, pdst=address)
    yield ARP(hwlen=255, plen=255, op=1, psrc=HOST, pdst=address)
    yield ARP(op=2, psrc="10.77.0.123", pdst=address)  # nobody asked
    yield ARP(op=99, psrc=HOST, pdst=address)


def broken_ip6(address, port):
    ip = IPv6(src=HOST6, dst=address)
    udp = UDP(sport=5000, dport=port) / Raw(b"x" * 40)
    yield from (IPv6(src=HOST6, dst=address, plen=size) / udp for size in (0, 7, 1000, 65535))
    yield ip / IPv6ExtHdrHopByHop(len=255) / udp
    yield ip / IPv6ExtHdrRouting(type=0, segleft=200) / udp
    yield ip / IPv6ExtHdrDestOpt() / IPv6ExtHdrDestOpt() / IPv6ExtHdrDestOpt() / udp
    yield from (ip / IPv6ExtHdrFragment(id=5, offset=at, m=1) / Raw(b"y" * 64) for at in (0, 4, 8, 4))
    yield ip / IPv6ExtHdrFragment(id=6, offset=8191, m=0) / Raw(b"z" * 100)
    yield IPv6(src="::1", dst=address) / udp
    yield IPv6(src="ff02::1", dst=address) / udp
    yield IPv6(src=HOST6, dst=address, hlim=3) / ICMPv6ND_NS(tgt=address)  # not from the link
    yield IPv6(src=HOST6, dst=address, hlim=255) / ICMPv6ND_RA(routerlifetime=0)  # no router's address
    yield ip / ICMPv6EchoRequest(cksum=0x1234)


# ---- floods ----------------------------------------------------------------------------------


def syn_flood(mac, address, port, count):
    """From addresses where nobody is."""
    return [Ether(src=OWN_MAC, dst=mac) / IP(src=f"10.77.0.{130 + number % 100}", dst=address) / TCP(
        sport=10_000 + number, dport=port, flags="S", seq=number) for number in range(count)]


@contextlib.contextmanager
def connection_flood(at, count):
    """So many that connect, as far as they get, and say nothing."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.socket())
            connection.setblocking(False)
            connection.connect_ex(at)
        yield
