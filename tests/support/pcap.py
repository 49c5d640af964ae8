# SPDX-License-Identifier: BSD-3-Clause
"""Captures for Wireshark, written by hand: what two hosts would have said on an Ethernet.

    capture = Capture()
    capture.datagram(0, b"to host 1")
    stream = capture.stream()
    stream.send(0, b"to host 1")
    capture.write(path)
"""

import ipaddress
import struct

ETHERNET = 1
ADDRESSES = {4: ("10.77.0.2", "10.77.0.3"), 6: ("fd77::2", "fd77::3")}
PORT = 9999
TCP, UDP = 6, 17
SYN, PUSH, ACK = 0x02, 0x08, 0x10


def checksum(data):
    """RFC 1071."""
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return total ^ 0xFFFF


def ip_header(version, sender, protocol, size):
    source, destination = (ipaddress.ip_address(ADDRESSES[version][host]).packed
                           for host in (sender, 1 - sender))
    if version == 6:
        return struct.pack(">IHBB", 6 << 28, size, protocol, 64) + source + destination
    start = struct.pack(">BBHHHBB", 0x45, 0, 20 + size, 0, 0, 64, protocol)
    sum_ = checksum(start + b"\0\0" + source + destination)
    return start + struct.pack(">H", sum_) + source + destination


def with_checksum(version, sender, protocol, segment, at):
    """A segment or datagram with its checksum put in at an offset."""
    addresses = ip_header(version, sender, protocol, 0)[-8 if version == 4 else -32:]
    sum_ = checksum(addresses + struct.pack(">IHH", len(segment), 0, protocol) + segment)
    return segment[:at] + struct.pack(">H", sum_) + segment[at + 2:]


class Capture:
    """Packets between hosts 0 and 1; 10 ms apart."""

    def __init__(self):
        self.packets = []  # (what the capture has of it, how many bytes it had)
        self.streams = 0

    def packet(self, version, sender, protocol, segment, at, kept=None):
        segment = with_checksum(version, sender, protocol, segment, at)
        hosts = [bytes([2, 0, 0, 0, 0, host]) for host in (1 - sender, sender)]
        kind = b"\x08\x00" if version == 4 else b"\x86\xdd"
        header = ip_header(version, sender, protocol, len(segment))
        data = b"".join(hosts) + kind + header + segment
        size = len(data) if kept is None else len(data) - len(segment) + kept
        self.packets.append((data[:size], len(data)))

    def datagram(self, sender, payload, version=4, ports=(PORT, PORT), size_max=None):
        """`size_max`: how much of the payload the capture keeps."""
        header = struct.pack(">HHHH", ports[sender], ports[1 - sender], 8 + len(payload), 0)
        kept = None if size_max is None else len(header) + min(size_max, len(payload))
        self.packet(version, sender, UDP, header + payload, 6, kept)

    def stream(self, version=4, port=PORT):
        """From host 0 to host 1, each from a port of its own."""
        self.streams += 1
        return Stream(self, version, (20000 + self.streams, port))

    def write(self, path):
        records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, ETHERNET)]
        for number, (data, size) in enumerate(self.packets):
            time = struct.pack("<II", 1_700_000_000 + number // 100, number % 100 * 10_000)
            records.append(time + struct.pack("<II", len(data), size) + data)
        path.write_bytes(b"".join(records))


class Stream:
    """A TCP connection, from its SYN on."""

    def __init__(self, capture, version, ports):
        self.capture, self.version, self.ports = capture, version, ports
        self.next = [1000, 5000]
        self.segment(0, SYN)
        self.segment(1, SYN | ACK)
        self.segment(0, ACK)

    def segment(self, sender, flags, payload=b""):
        header = struct.pack(
            ">HHIIBBHHH", self.ports[sender], self.ports[1 - sender], self.next[sender],
            self.next[1 - sender] if flags & ACK else 0, 5 << 4, flags, 65535, 0, 0)
        self.capture.packet(self.version, sender, TCP, header + payload, 16)
        self.next[sender] += len(payload) + (flags & SYN != 0)

    def send(self, sender, data, sizes=(1460,)):
        """Cut into segments of these sizes, the last of them as often as needed."""
        at, sizes = 0, list(sizes)
        while at < len(data):
            size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
            self.segment(sender, ACK | PUSH, data[at:at + size])
            at += size
