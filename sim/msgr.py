#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A node of the framed protocol on a computer, as programs and as a class. Python 3.9 or later,
nothing else. Written from app/SPEC.md alone; numbers in brackets are its sections.

    with Node("alice") as node:
        node.connect("udp://192.0.2.7/bob")
        handle = node.send("bob", b"hello", deadline=2.0)
        while (event := node.next(timeout=5.0)) is not None:
            print(event)  # Event(kind="outcome", peer="bob", handle=1, outcome="delivered", ...)

To ask for the next event says that the message of the event before was taken, and only then does
its sender learn that it was delivered. All happens inside run_once(), next() and wait(): call one
of them often enough. Times are in seconds, but for those of the command line.
"""

import argparse
import collections
import dataclasses
import errno
import hashlib
import heapq
import json
import math
import os
import random
import re
import selectors
import socket
import struct
import sys
import time
import urllib.parse

MARK = b"\xf9MG"
VERSION = 1
PORT = 9999
DATAGRAM_MAX = 1200
BODY_MAX = 1189
NAME_MAX = 31
COOKIE_SIZE = 8
MESSAGE_MAX = 65536
WINDOW_MAX = 33  # fragments between `received` and `limit`
PEERS_MAX = 256
LINKS_PER_PEER = 2

HEARTBEAT = 5.0
FIRST_REPEAT = 0.1
REPEAT_GROWS = 1.5
COOKIE_LIFE = 8.0
HELLO_BOUND = 5.0  # on a stream
ACK_DELAY = 0.005
PROBE_LEAST = 0.008
PROBE_UNKNOWN = 0.1  # without an estimate of the round trip
WINDOW_LEAST = 10  # of congestion
PROBED_BYTES = 1024
STREAM_BUFFER = 65536
DATAGRAMS_AT_ONCE = 64

# ---- frames (6) ------------------------------------------------------------------------------

# Flags; as they stand in Frame.flags.
FIRST, LAST = 1, 2
BITMAP, PROBE, DUPLICATE = 1, 2, 4

LIMITS = "suite:1 fragment:1 message:4 guaranteed:2 initial:2"
# name:size in bytes; "counted" has a length byte before it; "all" is what is left.
LAYOUTS = {
    1: ("HELLO", "lowest:1 highest:1 zero:2 identity:8 token:8 name:counted cookie:counted"),
    2: ("COOKIE", "token:8 cookie:bytes8"),
    3: ("WELCOME", "token:8 version:1 zero:1 identity:8 name:counted"),
    4: ("REFUSE", "token:8 code:1 lowest:1 highest:1"),
    5: ("UNKNOWN", ""),
    6: ("OPEN", f"to:8 from:8 id:4 nonce:8 {LIMITS}"),
    7: ("ACCEPT", f"id:4 echo:8 own:4 nonce:8 {LIMITS}"),
    8: ("RESET", "id:4"),
    9: ("DATA", "id:4 number:4 payload:all"),
    10: ("ACK", "id:4 received:4 untaken:2 room:2"),
    11: ("FLOOR", "id:4 floor:4"),
}
TYPES = {name: number for number, (name, _) in LAYOUTS.items()}
FIELDS = {name: [field.split(":") for field in layout.split()] for name, layout in LAYOUTS.values()}
FIELDS_WITH_BITMAP = FIELDS["ACK"] + [["bitmap", "4"]]
WITH_PREFIX = ("DATA", "ACK", "FLOOR")
HANDSHAKE = ("HELLO", "COOKIE", "WELCOME", "REFUSE")
ANSWERED_WITH_UNKNOWN = ("OPEN", "ACCEPT", "DATA", "ACK", "FLOOR")
RANGES = {"fragment": (6, 10), "message": (1, 65536), "guaranteed": (1, 65535), "initial": (1, 33)}


class Malformed(ValueError):
    """The bytes do not follow the layouts."""


class Incomplete(Malformed):
    """They may yet, with more behind them."""


class BadCheck(Malformed):
    """They were changed on the way, or belong to another incarnation."""


def crc_of_byte(byte):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    return byte


CRC_TABLE = [crc_of_byte(byte) for byte in range(256)]


def crc32c(data):
    state = 0xFFFFFFFF
    for byte in data:
        state = state >> 8 ^ CRC_TABLE[(state ^ byte) & 0xFF]
    return state ^ 0xFFFFFFFF


def prefix(opener_nonce, accepter_nonce):
    """What goes before the frames of a conversation in their check."""
    return struct.pack(">QQ", opener_nonce, accepter_nonce)


class Frame:
    """`rest`: what a later version may have put behind the fields that are known."""

    is_verified = True

    def __init__(self, type_, flags=0, rest=b"", **fields):
        self.type = type_
        self.flags = flags
        self.rest = rest
        # "from" is a word of Python's own.
        self.fields = {name.rstrip("_"): value for name, value in fields.items()}

    def __getitem__(self, name):
        return self.fields[name]

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        fields = " ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"<{self.type} flags={self.flags} {fields}>"

    @property
    def number(self):
        """The type's: that of a frame whose type is not known is in its name."""
        return TYPES.get(self.type) or int(self.type[len("TYPE"):])


def fields_of(frame_type, flags):
    """(name, how it is laid out) of each field."""
    return FIELDS_WITH_BITMAP if frame_type == "ACK" and flags & BITMAP else FIELDS[frame_type]


def write_body(frame):
    if frame.type not in TYPES:
        return frame["body"]
    body = b""
    for name, layout in fields_of(frame.type, frame.flags):
        value = frame.fields.get(name, 0 if name == "zero" else None)
        if layout == "counted":
            body += bytes([len(value)]) + value
        elif layout in ("all", "bytes8"):
            body += value
        else:
            body += value.to_bytes(int(layout), "big")
    return body + frame.rest


def write_length(size, form=None):
    """`form`: 1 or 2 bytes whatever is right."""
    if form == 1 or form is None and size < 128:
        return bytes([size])
    return struct.pack(">H", 0x8000 | size)


def write(frame, before=b"", length_form=None):
    """A frame's bytes. `before`: the prefix; it is used where the type has one."""
    body = write_body(frame)
    data = bytes([frame.flags << 5 | frame.number]) + write_length(len(body), length_form) + body
    start = before if frame.type in WITH_PREFIX else b""
    return data + struct.pack(">I", crc32c(start + data))


def datagram(frames, before=b"", version=VERSION):
    data = MARK + bytes([version]) + b"".join(write(frame, before) for frame in frames)
    assert len(data) <= DATAGRAM_MAX
    return data


def read_length(data):
    """(the body's length, how many bytes say so)"""
    if len(data) < 2 or data[1] & 0x80 and len(data) < 3:
        raise Incomplete("there is no length")
    if not data[1] & 0x80:
        return data[1], 1
    length = (data[1] & 0x7F) << 8 | data[2]
    if length < 128:
        raise Malformed("the length takes more bytes than it has to")
    if length > BODY_MAX:
        raise Malformed("the length is beyond any frame's")
    return length, 2


def take(body, at, size):
    if at + size > len(body):
        raise Malformed("the body is too short")
    return body[at:at + size], at + size


def read_body(frame_type, flags, body):
    frame, at = Frame(frame_type, flags), 0
    for name, layout in fields_of(frame_type, flags):
        if layout == "all":
            value, at = body[at:], len(body)
        elif layout == "bytes8":
            value, at = take(body, at, 8)
        elif layout == "counted":
            size, at = take(body, at, 1)
            value, at = take(body, at, size[0])
        else:
            value, at = take(body, at, int(layout))
            value = int.from_bytes(value, "big")
        frame.fields[name] = value
    frame.rest = body[at:]
    require_ranges(frame)
    return frame


def require_ranges(frame):
    fields = frame.fields
    for name, (least, most) in RANGES.items():
        if name in fields and not least <= fields[name] <= most:
            raise Malformed(f"{name} is not {least} to {most}")
    if not 1 <= len(fields.get("name", b"?")) <= NAME_MAX:
        raise Malformed("a name has 1 to 31 bytes")
    if frame.type == "HELLO" and len(fields["cookie"]) not in (0, COOKIE_SIZE):
        raise Malformed("a cookie has 8 bytes, or none")
    if frame.type == "HELLO" and not 1 <= fields["lowest"] <= fields["highest"]:
        raise Malformed("the lowest version is beyond the highest, or 0")
    own = {"OPEN": "id", "ACCEPT": "own"}.get(frame.type)
    if own and fields[own] == 0:
        raise Malformed("an id is not zero")


def read(data, before=b""):
    """The frame at the beginning: (frame, its size).

    `before`: the prefix; or a function that finds it for a frame, which is read already. If that
    finds None, the frame's check is not verified, and the frame says so.
    """
    length, length_size = read_length(data)
    size = 1 + length_size + length + 4
    if size > len(data):
        raise Incomplete("the frame goes on behind the end")
    flags, number, body = data[0] >> 5, data[0] & 0x1F, data[1 + length_size:size - 4]
    if number not in LAYOUTS:
        return Frame(f"TYPE{number}", flags, body=body), size
    frame_type = LAYOUTS[number][0]
    frame = None
    if frame_type in WITH_PREFIX and callable(before):
        frame = read_body(frame_type, flags, body)
        start = before(frame)
        if start is None:
            frame.is_verified = False
            return frame, size
    else:
        start = before if frame_type in WITH_PREFIX else b""
    if struct.pack(">I", crc32c(start + data[:size - 4])) != data[size - 4:size]:
        raise BadCheck("the check is wrong")
    return frame or read_body(frame_type, flags, body), size


# ---- numbers, names, addresses ---------------------------------------------------------------


def ahead(number, steps):
    return (number + steps) & 0xFFFFFFFF


def distance(start, end):
    return (end - start) & 0xFFFFFFFF


def is_before(one, other):
    """As in RFC 1982 (5)."""
    return 0 < distance(one, other) < 1 << 31


def later(one, other):
    return other if is_before(one, other) else one


class Mistake(ValueError):
    """The caller's or the user's; the text says what to do."""


def is_name(data):
    """Do these bytes make a name (5)?"""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return 1 <= len(data) <= NAME_MAX and not re.search("[\x00-\x1f\x7f-\x9f]", text)


def host_name(suffix=""):
    """A name from the computer's, with room for the suffix."""
    name = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()) or "python"
    return name[:NAME_MAX - len(suffix)] + suffix


def identity_of(name):
    """The same at each start of that name on this computer, and hardly anywhere else."""
    origin = f"{socket.gethostname()}/{name}".encode()
    return int.from_bytes(hashlib.blake2b(origin, digest_size=8).digest(), "big") or 1


@dataclasses.dataclass
class Url:
    kind: str
    host: str
    port: int
    name: str  # or None: whoever answers

    def __str__(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.kind}://{host}:{self.port}" + (f"/{self.name}" if self.name else "")


def parse_url(text):
    parts = re.fullmatch(r"(udp|tcp)://(?:\[([^]]+)\]|([^]/:[]+))(?::(\d{1,5}))?(?:/(.*))?", text)
    if not parts:
        raise Mistake(f"{text!r} is no address of a node: it looks like udp://192.0.2.7/bob, "
                      "tcp://[2001:db8::7]:9999/bob or udp://[fe80::7%eth0]")
    kind, host6, host, port, name = parts.groups()
    if port and not 1 <= int(port) <= 65535:
        raise Mistake(f"{port} is no port: 1 to 65535")
    name = urllib.parse.unquote(name or "")
    if name and not is_name(name.encode()):
        raise Mistake(f"{name!r} is no name: it has 1 to 31 bytes and no control characters")
    return Url(kind, host6 or host, int(port or PORT), name or None)


SOCKET_TYPES = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}


def resolve(url):
    """Its (family, address) pairs."""
    try:
        found = socket.getaddrinfo(url.host, url.port, type=SOCKET_TYPES[url.kind])
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise Mistake(f"there is no host {url.host}: {why}. Is the name right?") from None
    return [(family, address) for family, _, _, _, address in found]


@dataclasses.dataclass
class Event:
    """What Node.next() gives.

    kind: "up", "down" (peer, reason), "message" (peer, data), "outcome" (peer, handle, outcome,
    reason, seconds), "refused" (peer if known, reason: the other end's, or ours about it).
    """

    kind: str
    peer: str = None
    reason: str = None
    data: bytes = None
    handle: int = None
    outcome: str = None
    seconds: float = None
    conversation: object = dataclasses.field(default=None, repr=False)


# Refusals (7.5).
REASONS = {1: "version", 2: "name taken", 3: "self", 4: "full", 5: "malformed", 6: "suite"}
CODES = {reason: code for code, reason in REASONS.items()}


class Repeat:
    """When a HELLO or an OPEN is to be sent again (7.1)."""

    def __init__(self, heartbeat):
        self.heartbeat = heartbeat
        self.interval = FIRST_REPEAT

    def next(self, now):
        interval = min(self.interval, self.heartbeat)
        self.interval = interval * REPEAT_GROWS
        return now + jittered(interval)


def jittered(interval):
    """Up to a quarter less."""
    return interval * random.uniform(0.75, 1.0)


# ---- one direction each of a conversation ----------------------------------------------------


class Receiving:
    """Fragments in, whole messages out (9, 10, 12)."""

    def __init__(self, start, limits):
        self.received = start
        self.limits = limits
        self.limit = ahead(start, limits["initial"])
        self.held = {}  # number: (flags, payload), beyond `received`
        self.parts = None  # of the message that is not complete yet
        self.first = None  # its first fragment's number
        self.untaken = collections.deque()  # first numbers of the whole messages handed out
        self.whole = []  # messages for the application

    def on_fragment(self, number, flags, payload):
        """"duplicate", "beyond", "gap" or "in order"."""
        if is_before(number, self.received) or number in self.held:
            return "duplicate"
        if not is_before(number, self.limit):
            return "beyond"
        had_gap = bool(self.held)
        self.held[number] = flags, payload
        self.go_on()
        return "gap" if had_gap or self.held else "in order"

    def on_floor(self, floor):
        if is_before(ahead(self.limit, 1), floor):
            return
        while is_before(self.received, floor):
            if self.received in self.held:
                self.join()
            else:
                self.parts = None
                self.received = ahead(self.received, 1)
        self.go_on()

    def go_on(self):
        while self.received in self.held:
            self.join()

    def join(self):
        flags, payload = self.held.pop(self.received)
        if flags & FIRST:
            self.parts, self.first = [], self.received
        self.received = ahead(self.received, 1)
        if self.parts is None:
            return
        self.parts.append(payload)
        if sum(map(len, self.parts)) > self.limits["message"]:
            self.parts = None
        elif flags & LAST:
            self.whole.append(b"".join(self.parts))
            self.untaken.append(self.first)
            self.parts = None

    def taken(self):
        if self.untaken:
            return self.untaken[0]
        return self.received if self.parts is None else self.first

    def ack(self, id_, flags):
        """The state as it is now; it also grants what there is room for."""
        untaken = distance(self.taken(), self.received)
        room = min(WINDOW_MAX, max(0, self.limits["guaranteed"] - untaken))
        self.limit = later(self.limit, ahead(self.received, room))
        bits = sum(1 << distance(self.received, number) - 1 for number in self.held)
        fields = {"bitmap": bits} if bits else {}
        room = distance(self.received, self.limit)
        return Frame("ACK", flags | (BITMAP if bits else 0), id=id_, received=self.received,
                     untaken=min(untaken, 65535), room=room, **fields)


class Message:
    """One that is to be sent. `first` and `end` are numbers, once it has some."""

    def __init__(self, handle, peer, data, now, deadline):
        self.handle, self.peer, self.data = handle, peer, data
        self.start, self.deadline = now, now + deadline
        self.first = self.end = None
        self.offset = 0  # what is before it has numbers
        self.is_whole = False  # all of it has


class Fragment:
    """One that has a number."""

    def __init__(self, message, flags, payload):
        self.message, self.flags, self.payload = message, flags, payload
        self.sent_at = self.order = None
        self.times = 0
        self.is_acked = self.is_lost = self.is_given_up = self.is_probed = False

    def is_awaited(self):
        return not self.is_acked and not self.is_given_up


class RoundTrip:
    """RFC 9002, 5.3 (11.1)."""

    def __init__(self):
        self.smoothed = self.variation = None

    def sample(self, value):
        if self.smoothed is None:
            self.smoothed, self.variation = value, value / 2
        else:
            self.variation += (abs(self.smoothed - value) - self.variation) / 4
            self.smoothed += (value - self.smoothed) / 8

    def window(self):
        return self.smoothed + max(4 * self.variation, 0.001)

    def probe(self):
        return PROBE_UNKNOWN if self.smoothed is None else max(PROBE_LEAST, self.window() + 0.005)


class Congestion:
    """Counted in fragments (11.4)."""

    def __init__(self):
        self.window, self.threshold, self.halved_at = float(WINDOW_LEAST), math.inf, -math.inf

    def on_acked(self):
        self.window += 1 if self.window < self.threshold else 1 / self.window

    def on_lost(self, now, round_trip):
        if now - self.halved_at >= round_trip:
            self.window = self.threshold = max(WINDOW_LEAST, self.window / 2)
            self.halved_at = now


class Sending:
    """Messages in, fragments out, and what is known of them (9 to 12)."""

    def __init__(self, start, size, room):
        self.size = size  # of a full fragment
        self.received = self.taken = self.floor = self.floor_sent = start  # the peer's; the floor
        self.next = start  # the next number
        self.end = start  # one beyond the last that was transmitted
        self.limit = ahead(start, room)
        self.fragments = {}  # number: Fragment; from `received` on, and so at most 34
        self.messages = []  # begun and without an outcome, in order
        self.current = None  # the one whose fragments do not all have numbers
        self.order = self.acked_order = 0  # of transmissions
        self.start_on_link()

    def start_on_link(self):
        """What was under way on the link before may never arrive."""
        self.round_trip, self.congestion = RoundTrip(), Congestion()
        for fragment in self.fragments.values():
            fragment.is_lost = fragment.is_awaited()

    def cut(self, waiting):
        """The next new fragment, if there is one and room for it."""
        if not is_before(self.next, self.limit):
            return None
        if self.current is None:
            if not waiting:
                return None
            self.current = waiting.popleft()
            self.current.first = self.next
            self.messages.append(self.current)
        message = self.current
        payload = message.data[message.offset:message.offset + self.size]
        flags = FIRST if message.offset == 0 else 0
        message.offset += len(payload)
        if message.offset == len(message.data):
            flags |= LAST
            message.is_whole = True
            self.current = None
        number, self.next = self.next, ahead(self.next, 1)
        message.end = self.end = self.next
        self.fragments[number] = Fragment(message, flags, payload)
        return number

    def transmit(self, number, now):
        fragment = self.fragments[number]
        self.order += 1
        fragment.order, fragment.sent_at = self.order, now
        fragment.times += 1
        fragment.is_lost = fragment.is_probed = False
        return Frame("DATA", fragment.flags, number=number, payload=fragment.payload)

    def in_flight(self):
        return sum(fragment.is_awaited() and not fragment.is_lost
                   for fragment in self.fragments.values())

    def awaited(self):
        return [number for number, fragment in self.fragments.items() if fragment.is_awaited()]

    def give_up(self, message):
        for fragment in self.fragments.values():
            if fragment.message is message:
                fragment.is_given_up = True
        if not message.is_whole:
            self.current = None
            blank = Fragment(message, 0, b"")
            blank.is_given_up = True
            self.fragments[self.next] = blank
            self.next = ahead(self.next, 1)
        self.messages.remove(message)
        self.move_floor()

    def move_floor(self):
        for number, fragment in self.fragments.items():
            if fragment.is_awaited():
                return
            if fragment.is_given_up and not fragment.is_acked:
                self.floor = later(self.floor, ahead(number, 1))

    def is_floor_due(self):
        return is_before(self.received, self.floor)

    def is_sound(self, ack):
        """Does it tell of what can be (10)?"""
        bits = ack.fields.get("bitmap", 0)
        highest = ahead(ack["received"], bits.bit_length())
        return (ack["room"] <= WINDOW_MAX
                and not is_before(later(self.end, self.floor), ack["received"])
                and (not bits or is_before(highest, self.end)))

    def on_ack(self, ack, now, is_stream):
        """Something new? An old one tells nothing."""
        received, bits = ack["received"], ack.fields.get("bitmap", 0)
        if is_before(received, self.received):
            return False
        before = self.received, self.limit, self.taken
        self.received = received
        self.limit = later(self.limit, ahead(received, ack["room"]))
        if ack["untaken"] != 65535:
            self.taken = later(self.taken, ahead(received, -ack["untaken"]))
        acked = [fragment for number, fragment in self.fragments.items() if not fragment.is_acked
                 and (is_before(number, received)
                      or number != received and bits >> distance(received, number) - 1 & 1)]
        self.on_acked(acked, now)
        self.fragments = {number: fragment for number, fragment in self.fragments.items()
                          if not is_before(number, received)}
        self.move_floor()
        if not is_stream:
            self.find_lost(now)
        return bool(acked) or before != (self.received, self.limit, self.taken)

    def on_acked(self, acked, now):
        for fragment in acked:
            fragment.is_acked = True
            self.congestion.on_acked()
        newest = max(acked, key=lambda fragment: fragment.order or 0, default=None)
        if newest and newest.order:
            self.acked_order = max(self.acked_order, newest.order)
            if newest.times == 1:
                self.round_trip.sample(now - newest.sent_at)

    def suspects(self):
        """What was sent before something that is acknowledged (11.1)."""
        if self.round_trip.smoothed is None:
            return []
        return [fragment for fragment in self.fragments.values()
                if fragment.is_awaited() and not fragment.is_lost
                and fragment.order < self.acked_order]

    def find_lost(self, now):
        window = self.round_trip.window() if self.round_trip.smoothed is not None else 0
        for fragment in self.suspects():
            if now >= fragment.sent_at + window:
                fragment.is_lost = True
                self.congestion.on_lost(now, self.round_trip.smoothed)

    def loss_due(self):
        return min((fragment.sent_at + self.round_trip.window() for fragment in self.suspects()),
                   default=math.inf)

    def delivered(self):
        """Those that the other application has taken; they are forgotten here."""
        done = [message for message in self.messages
                if message.is_whole and not is_before(self.taken, message.end)]
        self.messages = [message for message in self.messages if message not in done]
        return done


class Conversation:
    """Both directions, the acknowledgements, and the probes (8 to 12)."""

    def __init__(self, peer, own_id, opener, accepter, is_opener):
        """`opener`, `accepter`: their OPEN and ACCEPT."""
        self.peer, self.node = peer, peer.node
        self.own_id = own_id
        self.id = accepter["own"] if is_opener else opener["id"]
        self.opener_nonce = opener["nonce"]
        self.accept = accepter
        self.prefix = prefix(opener["nonce"], accepter["nonce"])
        own, other = (opener, accepter) if is_opener else (accepter, opener)
        size = 1 << min(own["fragment"], other["fragment"])
        self.message_max = min(other["message"], other["guaranteed"] * size)
        self.receiving = Receiving(other["nonce"] & 0xFFFFFFFF, own.fields)
        self.sending = Sending(own["nonce"] & 0xFFFFFFFF, size, other["initial"])
        self.ack_at = math.inf  # when an ACK is due
        self.ack_link = None  # that which gave cause for it
        self.is_changed = False  # something that the last ACK did not say
        self.is_duplicate = False
        self.unacked = 0  # fragments since the last ACK
        self.is_probe_due = is_opener
        self.is_probing = False  # an answer is awaited
        self.timeouts = 0  # of the probe, in a row
        self.timer_from = 0.0

    def is_stream(self):
        return self.peer.link is not None and self.peer.link.is_stream

    # ---- what comes ----

    def on_frame(self, link, frame, now):
        if frame.type == "DATA":
            self.on_data(link, frame, now)
        elif frame.type == "ACK":
            self.on_ack(link, frame, now)
        else:
            self.receiving.on_floor(frame["floor"])
            self.acknowledge(link, now)
        self.hand_out()

    def on_data(self, link, frame, now):
        kind = self.receiving.on_fragment(frame["number"], frame.flags, frame["payload"])
        if kind == "beyond":
            return
        self.unacked += 1
        self.is_duplicate |= kind == "duplicate"
        at_once = kind != "in order" or self.unacked >= 2
        self.acknowledge(link, now if at_once else now + ACK_DELAY)

    def on_ack(self, link, frame, now):
        if not self.sending.is_sound(frame):
            return
        if frame.flags & PROBE:
            self.acknowledge(link, now)
        self.is_probing = False
        if self.sending.on_ack(frame, now, self.is_stream()):
            self.timeouts, self.timer_from = 0, now
        elif not self.is_awaiting():
            self.timeouts = 0
        for message in self.sending.delivered():
            self.node.tell_outcome(message, "delivered")

    def acknowledge(self, link, at):
        self.is_changed = True
        if at < self.ack_at:
            self.ack_at, self.ack_link = at, link

    def hand_out(self):
        for data in self.receiving.whole:
            self.node.tell(Event("message", self.peer.name, data=data, conversation=self))
        self.receiving.whole.clear()

    def on_taken(self, now):
        self.receiving.untaken.popleft()
        self.acknowledge(None, now)

    # ---- time ----

    def is_blocked(self):
        return bool(self.peer.waiting or self.sending.current) and not is_before(
            self.sending.next, self.sending.limit)

    def is_awaiting(self):
        return (self.is_probing or bool(self.sending.messages) or self.sending.is_floor_due()
                or self.is_blocked())

    def timeout(self):
        heartbeat = self.node.heartbeat
        if self.is_stream():
            return heartbeat
        grown = self.sending.round_trip.probe() * REPEAT_GROWS ** min(self.timeouts, 40)
        return min(grown, heartbeat)

    def due(self):
        if self.peer.link is None:
            return math.inf
        probe = self.timer_from + self.timeout() if self.is_awaiting() else math.inf
        loss = math.inf if self.is_stream() else self.sending.loss_due()
        return min(self.ack_at, probe, loss)

    def tick(self, now):
        if self.peer.link is None:
            return
        if not self.is_stream():
            self.sending.find_lost(now)
        if self.is_awaiting() and now >= self.timer_from + self.timeout():
            self.on_timeout(now)

    def on_timeout(self, now):
        """Ask again for whatever is awaited (11.2)."""
        self.timeouts += 1
        self.timer_from = now
        self.peer.change_silent_link(self.timeouts)
        awaited = self.sending.awaited()[:max(1, PROBED_BYTES // self.sending.size)]
        for number in awaited:
            self.sending.fragments[number].is_probed = True
        if self.sending.is_floor_due():
            self.sending.floor_sent = self.sending.received
        elif not awaited:
            self.is_probe_due = True

    def on_change_of_link(self):
        self.sending.start_on_link()
        self.timeouts = 0
        self.is_probe_due = True

    # ---- what goes ----

    def write(self, frame):
        frame.fields["id"] = self.id
        return write(frame, self.prefix)

    def write_ack(self, flags=0):
        if self.is_duplicate:
            flags |= DUPLICATE
        self.ack_at, self.ack_link, self.unacked = math.inf, None, 0
        self.is_changed = self.is_duplicate = False
        return self.write(self.receiving.ack(self.id, flags))

    def output(self, now):
        """Put what is due into the links' outboxes (13)."""
        link = self.peer.link
        if link is None:
            return
        if self.ack_at <= now and self.ack_link in self.peer.links and self.ack_link is not link:
            self.ack_link.outbox.append(self.write_ack())
        frames = self.floor_frames(now) + self.data_frames(link, now)
        if self.is_probe_due:
            self.is_probe_due, self.is_probing = False, True
            frames.insert(0, self.write_ack(PROBE))
            self.timer_from = now
        elif self.ack_at <= now or frames and self.is_changed:
            frames.insert(0, self.write_ack())
        link.outbox += frames

    def floor_frames(self, now):
        sending = self.sending
        if not sending.is_floor_due() or sending.floor_sent == sending.floor:
            return []
        sending.floor_sent = sending.floor
        self.timer_from = now
        return [self.write(Frame("FLOOR", floor=sending.floor))]

    def data_frames(self, link, now):
        window = 2 if self.timeouts >= 2 else self.sending.congestion.window
        frames = []
        for number, fragment in list(self.sending.fragments.items()):
            if fragment.is_awaited() and (fragment.is_probed or fragment.is_lost and (
                    link.is_stream or self.sending.in_flight() < window)):
                frames.append(self.write(self.sending.transmit(number, now)))
        while link.has_room(len(frames)) and (
                link.is_stream or self.sending.in_flight() < window):
            number = self.sending.cut(self.peer.waiting)
            if number is None:
                break
            frames.append(self.write(self.sending.transmit(number, now)))
        if frames:
            self.timer_from = now
        return frames


# ---- links (7) -------------------------------------------------------------------------------


class Link:
    """One pair of UDP addresses, or one TCP connection. `connector`: who was told to connect; a
    responder's link has none."""

    is_stream = False

    def __init__(self, node, connector):
        self.node, self.connector = node, connector
        self.peer = None
        self.token = self.cookie = None
        self.cookie_at = 0.0
        self.is_proved = self.is_closed = False
        self.outbox = []  # frames as bytes
        self.heard_at = self.unknown_at = -math.inf
        self.beat_at = self.hello_at = math.inf
        self.repeat = None
        node.links.add(self)

    # An initiator's side of the handshake.

    def begin(self, now):
        self.is_proved = False
        self.token = random_number(64)
        self.cookie = None
        self.repeat = Repeat(self.node.heartbeat)
        self.say_hello(now)

    def say_hello(self, now):
        if self.cookie and now - self.cookie_at >= COOKIE_LIFE:
            self.cookie = None
        self.put(Frame("HELLO", lowest=VERSION, highest=VERSION, identity=self.node.identity,
                       token=self.token, name=self.node.name.encode(), cookie=self.cookie or b""))
        self.hello_at = math.inf if self.is_stream else self.repeat.next(now)

    def put(self, frame):
        self.outbox.append(write(frame))

    def has_room(self, frames):
        return frames < WINDOW_MAX

    # Silence (11.3).

    def set_proved(self, now):
        self.is_proved = True
        self.hello_at = math.inf
        self.heard(now)

    def heard(self, now):
        self.heard_at = now
        self.beat_at = now + jittered(self.node.heartbeat)

    def silent_at(self):
        return self.heard_at + 3 * self.node.heartbeat

    def due(self):
        return min(self.beat_at, self.silent_at()) if self.is_proved else self.hello_at

    def tick(self, now):
        if not self.is_proved:
            if now >= self.hello_at:
                self.on_hello_due(now)
        elif now >= self.silent_at():
            self.node.lose(self, "silent")
        elif now >= self.beat_at:
            self.beat_at = now + jittered(self.node.heartbeat)
            self.node.probe(self)

    def on_hello_due(self, now):
        if self.connector.try_next_address(now):
            return
        self.say_hello(now)

    def close(self):
        self.is_closed = True
        self.is_proved = False
        self.node.links.discard(self)


class DatagramLink(Link):
    """`control`: what sendmsg() needs for an answer to come from the address that was asked."""

    def __init__(self, node, connector, channel, address=None, control=()):
        super().__init__(node, connector)
        self.channel, self.address, self.control = channel, address, control

    def flush(self):
        while self.outbox and not self.is_closed:
            data = MARK + bytes([VERSION])
            while self.outbox and len(data) + len(self.outbox[0]) <= DATAGRAM_MAX:
                data += self.outbox.pop(0)
            send_datagram(self.channel, data, self.address, self.control)

    def close(self):
        super().close()
        if self.connector is None:
            self.node.addresses.pop((self.channel, self.address, self.control), None)
        else:
            self.node.unregister(self.channel)


class StreamLink(Link):
    """Frames behind one mark, each way."""

    is_stream = True

    def __init__(self, node, connector, channel, now):
        super().__init__(node, connector)
        self.channel = channel
        self.input = b""
        self.output = MARK + bytes([VERSION])
        self.has_mark = False
        self.is_ending = False  # closed as soon as all is sent
        self.hello_at = now + HELLO_BOUND
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say_hello(self, now):
        super().say_hello(now)
        self.hello_at = now + HELLO_BOUND

    def on_hello_due(self, now):
        self.node.lose(self, "no answer")

    def has_room(self, frames):
        return len(self.output) + frames * DATAGRAM_MAX < STREAM_BUFFER

    def flush(self):
        if self.is_closed:
            return
        self.output += b"".join(self.outbox)
        self.outbox.clear()
        try:
            while self.output:
                self.output = self.output[self.channel.send(self.output):]
        except BlockingIOError:
            pass
        except OSError:
            self.node.lose(self, "link")
            return
        if self.is_ending and not self.output:
            self.node.lose(self, "refused")
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self.output else 0)
        self.node.watch(self.channel, events, self.on_ready)

    def on_ready(self, now):
        try:
            data = self.channel.recv(STREAM_BUFFER)
        except BlockingIOError:
            return  # it can be written to
        except OSError:
            data = b""
        if not data:
            self.node.lose(self, "link")
            return
        self.input += data
        if not self.has_mark and len(self.input) >= 4:
            if self.input[:3] != MARK:
                self.node.lose(self, "protocol")
                return
            self.has_mark, self.input = True, self.input[4:]
        if self.has_mark:
            self.input = self.input[self.node.take_frames(self, self.input, now):]

    def close(self):
        super().close()
        self.node.unregister(self.channel)


def send_datagram(channel, data, address, control):
    try:
        if address is None:
            channel.send(data)
        else:
            channel.sendmsg([data], control, 0, address)
    except OSError:
        pass  # as good as lost; it is repeated


def random_number(bits):
    """Unpredictable, and not zero."""
    return int.from_bytes(os.urandom(bits // 8), "big") or random_number(bits)


class Connector:
    """The wish to be connected to a place: it begins links there, again and again."""

    def __init__(self, node, url):
        self.node, self.url = node, url
        self.places = resolve(url)
        self.place = 0
        self.link = None
        self.channel = None  # of a TCP connection that is not established yet
        self.due = math.inf
        self.repeat = Repeat(node.heartbeat)
        self.peer = None  # the name of who answered
        self.trouble = None  # what went wrong last
        self.hellos = 0

    def start(self, now):
        self.due = math.inf
        family, address = self.places[self.place]
        channel = socket.socket(family, SOCKET_TYPES[self.url.kind])
        channel.setblocking(False)
        error = channel.connect_ex(address)
        if error not in (0, errno.EINPROGRESS):
            channel.close()
            self.on_failure(os.strerror(error), now)
        elif self.url.kind == "udp":
            self.link = DatagramLink(self.node, self, channel)
            self.node.watch(channel, selectors.EVENT_READ, self.on_datagrams)
            self.link.begin(now)
        else:
            self.channel = channel
            self.node.watch(channel, selectors.EVENT_WRITE, self.on_connected)

    def on_connected(self, now):
        channel, self.channel = self.channel, None
        error = channel.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            self.node.unregister(channel)
            self.on_failure(os.strerror(error), now)
            return
        self.link = StreamLink(self.node, self, channel, now)
        self.link.begin(now)

    def on_failure(self, trouble, now):
        self.trouble = trouble
        self.place = (self.place + 1) % len(self.places)
        self.due = self.repeat.next(now)

    def on_datagrams(self, now):
        for _ in range(DATAGRAMS_AT_ONCE):
            link = self.link
            if link is None or link.is_closed:
                return
            try:
                data = link.channel.recv(65536)
            except BlockingIOError:
                return
            except OSError as error:
                self.trouble = error.strerror
                continue
            self.node.take_datagram(link, data, now)

    def try_next_address(self, now):
        """A host with several addresses may answer at another one."""
        self.hellos += 1
        if self.peer is not None or len(self.places) == 1 or self.hellos % 3:
            return False
        self.link.close()
        self.place = (self.place + 1) % len(self.places)
        self.start(now)
        return True

    def on_lost(self, reason, now):
        """Its link is down, and a stream's is closed."""
        self.trouble = reason
        if self.link.is_stream:
            self.link = None
            self.due = now + self.node.heartbeat if reason == "refused" else self.repeat.next(now)
        else:
            self.link.begin(now)

    def on_proved(self, peer):
        self.peer, self.trouble = peer.name, None
        self.repeat = Repeat(self.node.heartbeat)

    def close(self):
        self.due = math.inf
        self.node.connectors.remove(self)
        if self.channel is not None:
            self.node.unregister(self.channel)
        if self.link is not None:
            self.link.close()


# ---- peers (7.3, 8) --------------------------------------------------------------------------


class Opening:
    """An OPEN without an answer yet."""

    def __init__(self, frame, node, now):
        self.frame = frame
        self.repeat = Repeat(node.heartbeat)
        self.due = now
        self.turn = 0  # of the links


class Peer:
    """The node at the other end, or the name of one that has never been met."""

    def __init__(self, node, name):
        self.node, self.name = node, name
        self.identity = None
        self.links = []  # proved, in the order of that
        self.link = None  # the one that frames are sent on
        self.waiting = collections.deque()  # messages without a number
        self.conversation = self.candidate = self.opening = None
        self.is_up = False

    def is_opener(self):
        return self.node.identity > self.identity

    def is_busy(self):
        """So that its name stays its own."""
        return self.is_up or bool(self.waiting) or bool(
            self.conversation and self.conversation.sending.messages)

    # ---- links ----

    def on_proved(self, link, now):
        if link not in self.links:
            self.links.append(link)
        if self.link is None:
            self.link = link
            if self.conversation:
                self.conversation.on_change_of_link()
        if self.conversation:
            self.node.probe(link)  # if the conversation still lives there, the peer is up
        elif self.opening is None and not self.is_opener():
            self.open(now)

    def on_link_lost(self, link, reason):
        self.links.remove(link)
        if self.link is link:
            self.link = None
            if self.links:
                self.use(self.links[0])
            else:
                self.set_down(reason)

    def use(self, link):
        self.link = link
        if self.conversation:
            self.conversation.on_change_of_link()

    def change_silent_link(self, timeouts):
        """After three probe time-outs, if another link is known to work (7.3)."""
        if timeouts < 3:
            return
        better = [link for link in self.links if link.heard_at > self.link.heard_at]
        if better:
            self.use(better[0])

    def set_up(self):
        if not self.is_up and self.conversation and self.links:
            self.is_up = True
            self.node.tell(Event("up", self.name))

    def set_down(self, reason):
        if self.is_up:
            self.is_up = False
            self.node.tell(Event("down", self.name, reason))

    # ---- conversations ----

    def open(self, now):
        frame = Frame("OPEN", to=self.identity, from_=self.node.identity, id=self.node.new_id(),
                      nonce=random_number(64), **self.node.limits)
        self.opening = Opening(frame, self.node, now)

    def due(self):
        is_open = self.opening and self.links
        own = self.opening.due if is_open else math.inf
        return min(own, self.conversation.due()) if self.conversation else own

    def tick(self, now):
        if self.opening and self.links and now >= self.opening.due:
            self.links[self.opening.turn % len(self.links)].put(self.opening.frame)
            self.opening.turn += 1
            self.opening.due = self.opening.repeat.next(now)
        if self.conversation:
            self.conversation.tick(now)

    def on_open(self, link, frame, now):
        is_ours = frame["to"] == self.node.identity and frame["from"] == self.identity
        if not is_ours or not self.is_opener():
            return
        if frame["suite"] != 0:
            link.put(self.node.refusal(frame["nonce"], "suite"))
            return
        for known in self.conversation, self.candidate:
            if known and known.opener_nonce == frame["nonce"]:
                link.put(known.accept)
                return
        accept = Frame("ACCEPT", id=frame["id"], echo=frame["nonce"], own=self.node.new_id(),
                       nonce=random_number(64), **self.node.limits)
        self.forget_candidate()
        self.candidate = Conversation(self, accept["own"], frame, accept, is_opener=False)
        self.node.ids[accept["own"]] = self.candidate
        link.put(accept)

    def forget_candidate(self):
        if self.candidate:
            del self.node.ids[self.candidate.own_id]
            self.candidate = None

    def on_accept(self, link, frame, now):
        opening = self.opening
        if not opening or opening.frame["nonce"] != frame["echo"] or frame["suite"] != 0:
            return
        if opening.frame["id"] != frame["id"]:
            return
        self.opening = None
        self.begin(Conversation(self, frame["id"], opening.frame, frame, is_opener=True), link)

    def begin(self, conversation, link):
        """On the link that has just worked: those before may lead to a node that is no more."""
        self.conversation, self.link = conversation, link
        self.node.ids[conversation.own_id] = conversation
        for message in list(self.waiting):
            if len(message.data) > conversation.message_max:
                self.waiting.remove(message)
                self.node.tell_outcome(message, "not delivered", "too long")
        self.set_up()

    def promote(self, link):
        """Only who has heard the ACCEPT can have written the frame that came (8)."""
        candidate, self.candidate = self.candidate, None
        self.end("restarted")
        self.begin(candidate, link)

    def on_refused(self, now):
        self.opening.due = now + self.node.heartbeat

    def on_reset(self, link, frame, now):
        if self.conversation and self.conversation.id == frame["id"]:
            self.end("restarted")
            if not self.is_opener():
                self.open(now)

    def end(self, reason):
        """8.2."""
        ended, self.conversation = self.conversation, None
        if ended is None:
            return
        del self.node.ids[ended.own_id]
        for message in ended.sending.messages:
            self.node.tell_outcome(message, "unknown", reason)
        self.node.forget_messages(ended)
        self.set_down(reason)

    def give_up(self, message, reason):
        """12."""
        if message.first is None:
            self.waiting.remove(message)
            self.node.tell_outcome(message, "not delivered", reason)
        else:
            self.conversation.sending.give_up(message)
            self.node.tell_outcome(message, "unknown", reason)


# ---- the node --------------------------------------------------------------------------------


class Node:
    """Single-threaded: nothing happens but in its functions.

    name: of this node; identity: not zero, and the same at each of its starts. heartbeat: seconds.
    """

    def __init__(self, name, identity=None, heartbeat=HEARTBEAT, message_max=MESSAGE_MAX):
        if not is_name(name.encode()):
            raise Mistake(f"{name!r} is no name: it has 1 to 31 bytes and no control characters")
        if identity is not None and not 0 < identity < 1 << 64:
            raise Mistake("an identity is 1 to 2^64 - 1")
        self.name, self.identity = name, identity or identity_of(name)
        self.heartbeat = heartbeat
        # So many fragments are enough for the longest message in the smallest ones.
        self.limits = {"suite": 0, "fragment": 10, "message": message_max, "guaranteed": 1024,
                       "initial": WINDOW_MAX}
        self.secret = os.urandom(32)
        self.peers = {}  # by name
        self.identities = {}  # peers that have been met
        self.ids = {}  # conversations and candidates, by the id of frames to us
        self.links = set()
        self.addresses = {}  # responders' links over UDP, by (socket, address, control)
        self.connectors = []
        self.messages = {}  # those without an outcome, by handle
        self.deadlines = []  # a heap of (time, handle)
        self.handle = 0
        self.events = collections.deque()
        self.last = None  # the event that next() gave
        self.selector = selectors.DefaultSelector()
        self.watched = {}  # socket: (events, callback)
        self.now = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Messages without an outcome have none, then."""
        for link in list(self.links):
            if link.is_proved and not link.is_stream:
                link.put(Frame("UNKNOWN"))  # which is what is true from now on (7.1)
                link.flush()
        for channel in list(self.watched):
            self.unregister(channel)
        self.selector.close()

    # ---- for the application ----

    def listen(self, address=None, port=PORT, udp=True, tcp=True):
        """Answer those who come; at every address of this computer unless told which. Returns the
        port; 0 lets the system choose it."""
        hosts = [address] if address else ["0.0.0.0", "::"]
        kinds = [kind for kind, is_wanted in (("udp", udp), ("tcp", tcp)) if is_wanted]
        for kind in kinds:
            for host in hosts:
                try:
                    port = self.listen_at(kind, host, port)
                except OSError as error:
                    if address or host != "::" or error.errno == errno.EADDRINUSE:
                        raise Mistake(why_not_listening(error, kind, host, port)) from None
        return port

    def connect(self, url):
        """Be connected to that place from now on. An Url, or its text."""
        connector = Connector(self, parse_url(url) if isinstance(url, str) else url)
        self.connectors.append(connector)
        self.now = time.monotonic()
        connector.start(self.now)
        return connector

    def send(self, peer, data, deadline=5.0):
        """A message to the peer of that name, be it up or not. Its handle; its outcome will be an
        event, no later than the deadline."""
        place = self.peer(peer)
        most = place.conversation.message_max if place.conversation else MESSAGE_MAX
        if len(data) > most:
            raise Mistake(f"the message has {len(data)} bytes: {peer} takes at most {most}")
        self.now = time.monotonic()
        self.handle += 1
        message = Message(self.handle, place, bytes(data), self.now, deadline)
        self.messages[self.handle] = message
        heapq.heappush(self.deadlines, (message.deadline, self.handle))
        if place.conversation and not place.conversation.is_awaiting():
            place.conversation.timer_from = self.now
        place.waiting.append(message)
        self.flush()
        return self.handle

    def cancel(self, handle):
        """False: it has its outcome already."""
        message = self.messages.get(handle)
        if message is not None:
            message.peer.give_up(message, "cancelled")
        return message is not None

    def next(self, timeout=None):
        """The next event, or None after so many seconds. The message before is taken now."""
        self.take_last()
        end = math.inf if timeout is None else time.monotonic() + timeout
        while not self.events:
            left = end - time.monotonic()
            self.run_once(max(0.0, left))
            if left <= 0 and not self.events:
                return None
        self.last = self.events.popleft()
        return self.last

    def take_last(self):
        event, self.last = self.last, None
        if event and event.kind == "message" and (
                self.ids.get(event.conversation.own_id) is event.conversation):
            event.conversation.on_taken(self.now)
            self.flush()

    def run_once(self, timeout):
        """Wait for what comes, or is due, or for so many seconds; and do it."""
        self.work()
        for key, _ in self.selector.select(self.left(timeout)):
            self.now = time.monotonic()
            if key.fileobj in self.watched:
                self.watched[key.fileobj][1](self.now)
        self.work()

    def left(self, timeout=math.inf):
        """Seconds until run_once() is needed, whatever comes; None: not by itself."""
        left = min(timeout, max(0.0, self.due() - time.monotonic()))
        return None if left == math.inf else left

    def fileno(self):
        """To wait for several nodes with select()."""
        return self.selector.fileno()

    def is_up(self, peer):
        return peer in self.peers and self.peers[peer].is_up

    # ---- time and output ----

    def due(self):
        own = self.deadlines[0][0] if self.deadlines else math.inf
        parts = [*self.connectors, *self.links, *self.peers.values()]
        return min([own] + [part.due if isinstance(part, Connector) else part.due()
                            for part in parts])

    def work(self):
        self.now = time.monotonic()
        while self.deadlines and self.deadlines[0][0] <= self.now:
            message = self.messages.get(heapq.heappop(self.deadlines)[1])
            if message is not None:
                message.peer.give_up(message, "deadline")
        for connector in list(self.connectors):
            if connector.due <= self.now:
                connector.start(self.now)
        for part in [*self.links, *self.peers.values()]:
            part.tick(self.now)
        self.flush()

    def flush(self):
        for peer in list(self.peers.values()):
            if peer.conversation:
                peer.conversation.output(self.now)
        for link in list(self.links):
            link.flush()

    # ---- what the parts tell ----

    def tell(self, event):
        self.events.append(event)

    def tell_outcome(self, message, outcome, reason=None):
        del self.messages[message.handle]
        self.tell(Event("outcome", message.peer.name, reason, None, message.handle, outcome,
                        self.now - message.start))

    def forget_messages(self, conversation):
        """Those that were received and not taken (8.2)."""
        self.events = collections.deque(event for event in self.events
                                        if event.conversation is not conversation)

    # ---- sockets ----

    def watch(self, channel, events, callback):
        known = self.watched.get(channel)
        self.watched[channel] = events, callback
        if known is None:
            self.selector.register(channel, events)
        elif known[0] != events:
            self.selector.modify(channel, events)

    def unregister(self, channel):
        if self.watched.pop(channel, None):
            self.selector.unregister(channel)
        channel.close()

    def listen_at(self, kind, host, port):
        found = socket.getaddrinfo(host, port, type=SOCKET_TYPES[kind], flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        channel = socket.socket(family, SOCKET_TYPES[kind])
        try:
            channel.setblocking(False)
            if family == socket.AF_INET6:
                channel.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if kind == "tcp":
                channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            channel.bind(address)
            if kind == "tcp":
                channel.listen(64)
        except OSError:
            channel.close()
            raise
        if kind == "udp":
            ask_for_destination(channel, family)
        on_ready = self.on_connections if kind == "tcp" else self.on_datagrams
        self.watch(channel, selectors.EVENT_READ, lambda now: on_ready(channel, now))
        return channel.getsockname()[1]

    def on_connections(self, channel, now):
        try:
            connection, _ = channel.accept()
        except OSError:
            return
        connection.setblocking(False)
        StreamLink(self, None, connection, now).flush()

    def on_datagrams(self, channel, now):
        for _ in range(DATAGRAMS_AT_ONCE):
            try:
                data, control, _, address = channel.recvmsg(65536, 128)
            except OSError:
                return
            origin = channel, address, tuple(control)
            link = self.addresses.get(origin)
            if link is not None:
                self.take_datagram(link, data, now)
            elif is_framed(data):
                self.on_stranger(origin, data, now)

    # ---- frames that come ----

    def on_stranger(self, origin, data, now):
        """A datagram from an address that no link belongs to (7.1)."""
        try:
            frame, size = read(data[4:], lambda _: None)
        except Malformed:
            return
        if frame.type == "HELLO":
            link = self.on_datagram_hello(origin, None, frame, now)
            if link:
                self.take_frames(link, data[4 + size:], now)
        elif frame.type in ANSWERED_WITH_UNKNOWN:
            answer(origin, Frame("UNKNOWN"))

    def take_datagram(self, link, data, now):
        if is_framed(data):
            self.take_frames(link, data[4:], now)

    def take_frames(self, link, data, now):
        """How many bytes were used."""
        at = 0
        self.has_reset = False
        while at < len(data) and not link.is_closed:
            try:
                frame, size = read(data[at:at + DATAGRAM_MAX],
                                   lambda frame: self.prefix_of(link, frame))
            except Incomplete:
                break
            except Malformed:
                if link.is_stream:
                    self.lose(link, "protocol")
                break
            at += size
            self.on_frame(link, frame, now)
        return at

    def conversation_of(self, link, frame):
        found = self.ids.get(frame["id"])
        return found if found and link.is_proved and found.peer is link.peer else None

    def prefix_of(self, link, frame):
        found = self.conversation_of(link, frame)
        return found and found.prefix

    def on_frame(self, link, frame, now):
        if frame.type in HANDSHAKE:
            getattr(self, f"on_{frame.type.lower()}")(link, frame, now)
        elif frame.type == "UNKNOWN":
            self.on_unknown(link, now)
        elif not link.is_proved or frame.type not in TYPES:
            return
        elif frame.type not in WITH_PREFIX:
            link.heard(now)
            getattr(link.peer, f"on_{frame.type.lower()}")(link, frame, now)
        elif not frame.is_verified:
            if not self.has_reset:
                link.put(Frame("RESET", id=frame["id"]))
            self.has_reset = True
        else:
            link.heard(now)
            conversation = self.conversation_of(link, frame)
            if conversation is link.peer.candidate:
                link.peer.promote(link)
            link.peer.set_up()
            conversation.on_frame(link, frame, now)

    # ---- the handshake (7) ----

    def on_hello(self, link, frame, now):
        if link.connector is not None:
            return
        if not link.is_stream:
            self.on_datagram_hello((link.channel, link.address, link.control), link, frame, now)
        elif link.is_proved and frame["token"] == link.token:
            link.put(self.welcome(frame))
        elif not self.admit(link, frame, now):
            link.is_ending = True

    def on_datagram_hello(self, origin, link, frame, now):
        """The link that its sender has now, if any."""
        is_repeated = link and frame["token"] == link.token
        if is_repeated and link.peer.identity == frame["identity"]:
            link.put(self.welcome(frame))
        elif not self.is_cookie(origin, frame, now):
            answer(origin, Frame("COOKIE", token=frame["token"],
                                 cookie=self.cookie(origin, frame, int(now / COOKIE_LIFE))))
        elif link is None:
            reason, _ = self.claim(frame, None, now)
            if reason:
                answer(origin, self.refusal(frame["token"], reason))
                return None
            link = DatagramLink(self, None, *origin)
            self.addresses[origin] = link
            self.admit(link, frame, now)
        else:
            self.admit(link, frame, now)
        return link

    def admit(self, link, frame, now):
        """As responder: WELCOME, or REFUSE and False."""
        reason, peer = self.claim(frame, link, now)
        if reason:
            link.put(self.refusal(frame["token"], reason))
            return False
        link.token = frame["token"]
        link.put(self.welcome(frame))
        self.prove(link, peer, now)
        return True

    def prove(self, link, peer, now):
        if link.peer not in (None, peer):
            link.peer.on_link_lost(link, "replaced")
        link.peer = peer
        link.set_proved(now)
        peer.on_proved(link, now)

    def welcome(self, hello):
        return Frame("WELCOME", token=hello["token"], version=VERSION, identity=self.identity,
                     name=self.name.encode())

    def refusal(self, token, reason):
        return Frame("REFUSE", token=token, code=CODES[reason], lowest=VERSION, highest=VERSION)

    def cookie(self, origin, hello, unit):
        _, address, control = origin
        told = repr((address, control, hello["token"], hello["identity"], unit)).encode()
        return hashlib.blake2b(told, key=self.secret, digest_size=COOKIE_SIZE).digest()

    def is_cookie(self, origin, hello, now):
        unit = int(now / COOKIE_LIFE)
        return hello["cookie"] in (self.cookie(origin, hello, unit),
                                   self.cookie(origin, hello, unit - 1))

    def on_cookie(self, link, frame, now):
        if link.connector and not link.is_proved and frame["token"] == link.token:
            is_first = link.cookie is None
            link.cookie, link.cookie_at = frame["cookie"], now
            if is_first:
                link.say_hello(now)

    def on_welcome(self, link, frame, now):
        if not link.connector or link.is_proved or frame["token"] != link.token:
            return
        wanted, name = link.connector.url.name, frame["name"].decode(errors="replace")
        reason, peer = self.claim(frame, link, now)
        if not reason and wanted not in (None, name):
            reason = f"the node there is {name}"
        if reason:
            self.on_refused(link, reason, now)
            return
        link.connector.on_proved(peer)
        self.prove(link, peer, now)

    def on_refuse(self, link, frame, now):
        reason = REASONS.get(frame["code"], f"code {frame['code']}")
        if link.connector and not link.is_proved and frame["token"] == link.token:
            self.on_refused(link, reason, now)
        elif link.is_proved and link.peer.opening and (
                link.peer.opening.frame["nonce"] == frame["token"]):
            link.peer.on_refused(now)
            self.tell(Event("refused", link.peer.name, reason))

    def on_refused(self, link, reason, now):
        self.tell(Event("refused", link.connector.url.name, reason))
        if link.is_stream:
            self.lose(link, "refused")
        else:
            link.hello_at = now + self.heartbeat
        link.connector.trouble = reason

    def on_unknown(self, link, now):
        if not link.is_proved or now - link.unknown_at < FIRST_REPEAT:
            return
        link.unknown_at = now
        self.lose(link, "link")

    def claim(self, frame, link, now):
        """Who says so may be the peer (7.3): (why not, the peer)."""
        reason = self.fault_of(frame)
        if reason:
            return reason, None
        name, known = frame["name"].decode(), self.identities.get(frame["identity"])
        owner = self.peers.get(name)
        is_others = owner and owner is not known and owner.identity is not None
        if name == self.name or is_others and owner.is_busy():
            return "name taken", None
        if known is None and not self.make_place():
            return "full", None
        if known and link not in known.links and not self.make_room(known, now):
            return "full", None
        return None, self.name_peer(frame["identity"], name)

    def fault_of(self, frame):
        if frame.fields.get("lowest", frame.fields.get("version")) > VERSION:
            return "version"
        if frame["identity"] == self.identity:
            return "self"
        return None if frame["identity"] and is_name(frame["name"]) else "malformed"

    def make_place(self):
        """For one more peer; one that is down, and for which nothing waits, is forgotten for it."""
        if len(self.identities) < PEERS_MAX:
            return True
        idle = [peer for peer in self.identities.values() if not peer.is_busy() and not peer.links]
        if idle:
            self.forget(idle[0])
        return bool(idle)

    def forget(self, peer):
        peer.end("replaced")
        peer.forget_candidate()
        self.identities.pop(peer.identity, None)
        self.peers.pop(peer.name, None)

    def make_room(self, peer, now):
        """For one more link; one that is silent is given up for it."""
        if len(peer.links) < LINKS_PER_PEER:
            return True
        silent = [link for link in peer.links if now - link.heard_at >= self.heartbeat]
        if silent:
            self.lose(silent[0], "silent")
        return bool(silent)

    def name_peer(self, identity, name):
        """The peer with that identity, under that name from now on."""
        peer, owner = self.identities.get(identity), self.peers.get(name)
        if peer is None and owner and owner.identity is None:
            peer = owner  # it was waited for
        elif peer is None:
            peer = Peer(self, name)
        if owner not in (None, peer):
            self.replace(owner, peer)
        if self.peers.get(peer.name) is peer:
            del self.peers[peer.name]
        peer.name, peer.identity = name, identity
        self.peers[name] = self.identities[identity] = peer
        return peer

    def replace(self, former, peer):
        """A name has a new owner; what waits for the name is his."""
        self.forget(former)
        for message in former.waiting:
            message.peer = peer
        peer.waiting.extend(former.waiting)
        for link in former.links[:]:
            self.lose(link, "replaced")

    # ---- for links ----

    def peer(self, name):
        if not is_name(name.encode()):
            raise Mistake(f"{name!r} is no name: it has 1 to 31 bytes and no control characters")
        return self.peers.setdefault(name, Peer(self, name))

    def new_id(self):
        """For frames to us: of no other conversation."""
        while True:
            id_ = random_number(32)
            if id_ not in self.ids:
                return id_

    def probe(self, link):
        """Ask the peer for an answer on that link."""
        conversation = link.peer.conversation
        if conversation is None:
            return
        if link is link.peer.link:
            conversation.is_probe_due = True
        else:
            link.outbox.append(conversation.write_ack(PROBE))

    def lose(self, link, reason):
        """It is down (7.6); who was told to connect tries again."""
        if link.is_closed:
            return
        peer, link.peer, link.is_proved = link.peer, None, False
        if link.connector is None or link.is_stream:
            link.close()
        if peer is not None:
            peer.on_link_lost(link, reason)
        if link.connector is not None:
            link.connector.on_lost(reason, self.now)


def is_framed(data):
    return 4 < len(data) <= DATAGRAM_MAX and data[:3] == MARK and data[3] == VERSION


def answer(origin, frame):
    channel, address, control = origin
    send_datagram(channel, datagram([frame]), address, control)


def ask_for_destination(channel, family):
    """Which of this computer's addresses a datagram came to: the answer is to come from there."""
    if family == socket.AF_INET6:
        channel.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    elif sys.platform == "linux":
        channel.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_PKTINFO", 8), 1)


def why_not_listening(error, kind, host, port):
    where = f"{kind.upper()} port {port} of {host}"
    if error.errno == errno.EADDRINUSE:
        return f"{where} is in use: end the other program, or choose another with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this computer: `ip address` shows them"
    return f"cannot listen at {where}: {error.strerror}"


# ---- programs --------------------------------------------------------------------------------

# What the others are in words is clear.
WORDS = {"link": "no link", "restarted": "the peer began anew", "deadline": "its time was up",
         "replaced": "another node has its name now"}
EXIT = {"delivered": 0, "not delivered": 1, "unknown": 3}
COUNT_MAX = 999999999
LINGER = 0.5  # seconds in which a listener that has enough answers what is repeated


class Printer:
    """To the terminal; or, for programs, one JSON object a line."""

    def __init__(self, is_json):
        self.is_json = is_json

    def show(self, text, /, **fields):
        print(json.dumps(fields) if self.is_json else text, flush=True)

    def event(self, event):
        if event.kind == "up":
            self.show(f"{shown(event.peer)} is up.", event="up", peer=event.peer)
        elif event.kind == "down":
            self.show(f"{shown(event.peer)} is down: {in_words(event.reason)}.",
                      event="down", peer=event.peer, reason=event.reason)
        elif event.kind == "message":
            text = event.data.decode(errors="backslashreplace")
            self.show(f"Message from {shown(event.peer)}: {shown(text)}",
                      event="message", peer=event.peer, text=text, hex=event.data.hex())

    def outcome(self, peer, outcome, reason, seconds):
        why = f": {in_words(reason)}" if reason else ""
        milliseconds = round(seconds * 1000, 3)
        self.show(f"Message to {shown(peer)}: {outcome}{why}, {milliseconds:.1f} ms.",
                  event="outcome", peer=peer, outcome=outcome, reason=reason, ms=milliseconds)


def shown(text):
    """Nothing in it does anything to a terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def in_words(reason):
    return WORDS.get(reason, reason)


class Failure(Exception):
    """A message cannot be delivered, and why."""


def wait_for_peer(node, connector, end):
    """The name of who is there, once it is up."""
    while not (connector.peer and node.is_up(connector.peer)):
        event = node.next(max(0.0, end - time.monotonic()))
        if event is None:
            raise Failure(why_nobody(connector))
        if event.kind == "refused" and event.reason != "full":  # there may be room soon
            raise Failure(why_refused(event.reason))
    return connector.peer


def why_nobody(connector):
    if connector.trouble == "full":
        return f"the node at {connector.url} has no room for another peer. Try again later"
    trouble = f" ({connector.trouble})" if connector.trouble else ""
    return f"nobody answered at {connector.url}{trouble}. Is a node running there?"


def why_refused(reason):
    hints = {
        "name taken": "another node has our name there: choose one with --name",
        "self": "that node has our identity: choose another --name or --identity",
        "version": "it speaks another version of the protocol",
    }
    return hints.get(reason, reason)


def connect(node, options):
    try:
        return node.connect(parse_url(options.url))
    except Mistake as mistake:
        if "://" in options.url and str(mistake).startswith("there is no host"):
            raise Failure(str(mistake)) from None
        raise


def run_send(options, printer):
    data, started = options.text.encode(errors="surrogateescape"), time.monotonic()
    if len(data) > MESSAGE_MAX:
        raise Mistake(f"the message has {len(data)} bytes: {MESSAGE_MAX} at most")
    peer = parse_url(options.url).name or parse_url(options.url).host
    try:
        with open_node(options, "-send") as node:
            connector = connect(node, options)
            peer = wait_for_peer(node, connector, started + options.deadline)
            left = started + options.deadline - time.monotonic()
            event = outcome_of(node, send(node, peer, data, max(0.001, left)))
    except Failure as failure:
        printer.outcome(peer, "not delivered", str(failure), time.monotonic() - started)
        return EXIT["not delivered"]
    printer.outcome(peer, event.outcome, event.reason, time.monotonic() - started)
    return EXIT[event.outcome]


def send(node, peer, data, deadline):
    try:
        return node.send(peer, data, deadline)
    except Mistake as mistake:
        raise Failure(str(mistake)) from None


def outcome_of(node, handle):
    """Ctrl-C gives the message up."""
    while True:
        try:
            event = node.next()
        except KeyboardInterrupt:
            node.cancel(handle)
            continue
        if event.kind == "outcome" and event.handle == handle:
            return event


def run_listen(options, printer):
    is_either = options.udp or options.tcp
    with open_node(options, "") as node:
        port = node.listen(options.address, options.port, options.udp or not is_either,
                           options.tcp or not is_either)
        printer.show(f"Listening as {shown(node.name)} on port {port}.", event="listening",
                     name=node.name, port=port)
        left = options.count or math.inf
        try:
            while left:
                event = node.next()
                printer.event(event)
                left -= event.kind == "message"
            end = time.monotonic() + LINGER
            while time.monotonic() < end:
                node.next(end - time.monotonic())
        except KeyboardInterrupt:
            pass
    return 0


def run_ping(options, printer):
    peer = parse_url(options.url).name or parse_url(options.url).host
    started = time.monotonic()
    try:
        with open_node(options, "-ping") as node:
            connector = connect(node, options)
            peer = wait_for_peer(node, connector, started + options.deadline)
            started = time.monotonic()
            outcomes = ping(node, peer, options, printer)
    except Failure as failure:
        printer.outcome(peer, "not delivered", str(failure), time.monotonic() - started)
        return EXIT["not delivered"]
    return show_summary(peer, outcomes, time.monotonic() - started, options, printer)


def ping(node, peer, options, printer):
    """Send them, so many under way; their outcomes."""
    begun, outcomes = 0, []
    under_way = set()
    try:
        while len(outcomes) < options.count:
            while begun < options.count and len(under_way) < options.in_flight:
                data = b"%d " % begun
                data = (data + b"." * options.size)[:options.size]
                under_way.add(node.send(peer, data, options.deadline))
                begun += 1
            event = node.next()
            if event.kind == "outcome":
                under_way.discard(event.handle)
                outcomes.append(event)
                if printer.is_json:
                    printer.outcome(peer, event.outcome, event.reason, event.seconds)
    except KeyboardInterrupt:
        for handle in under_way:
            node.cancel(handle)
        outcomes += [event for event in node.events if event.kind == "outcome"]
    return outcomes


def show_summary(peer, outcomes, seconds, options, printer):
    counts = collections.Counter(event.outcome for event in outcomes)
    times = sorted(1000 * event.seconds for event in outcomes if event.outcome == "delivered")
    fields = {outcome.replace(" ", "_"): counts[outcome] for outcome in EXIT}
    text = (f"{len(outcomes)} messages of {options.size} bytes to {shown(peer)} in "
            f"{seconds:.2f} s: {counts['delivered']} delivered, "
            f"{counts['not delivered']} not delivered, {counts['unknown']} unknown.")
    if times:
        marks = {"min": times[0], "median": times[(len(times) - 1) // 2],
                 "p99": times[math.ceil(0.99 * len(times)) - 1], "max": times[-1]}
        fields.update({f"{name}_ms": round(value, 3) for name, value in marks.items()})
        text += ("\nTimes in ms: min {min:.2f}, median {median:.2f}, 99th percentile {p99:.2f}, "
                 "max {max:.2f}.").format(**marks)
    printer.show(text, event="summary", peer=peer, seconds=round(seconds, 3), **fields)
    if counts["unknown"]:
        return EXIT["unknown"]
    return EXIT["delivered" if outcomes and not counts["not delivered"] else "not delivered"]


def open_node(options, suffix):
    return Node(host_name(suffix) if options.name is None else options.name, options.identity)


EXAMPLES = """\
examples:
  msgr.py listen                                     answer at UDP and TCP port 9999
  msgr.py send udp://192.0.2.7/bob 'Hello, bob'      to bob, who is there
  msgr.py send tcp://[fe80::7%eth0]:9998 Hello       to whoever answers there
  msgr.py ping udp://board.example/bob --count 1000 --in-flight 10
  msgr.py --help | listen --help | send --help | ping --help

A node is told from others by its name and its identity. Programs that run at the same time need
different names; an identity is made of the computer's name and the node's, unless given.

exit status: 0 delivered, or all were; 1 not delivered; 2 wrong usage; 3 unknown: it was
transmitted, and no answer came. "delivered" means that the application there has taken it."""

URL_HELP = "udp://HOST[:PORT][/NAME] or tcp://...; an IPv6 address is in brackets"


def whole(least, most):
    """What argparse calls for a number from one to the other."""
    def convert(text):
        if not re.fullmatch("[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return int(text)
    return convert


def milliseconds(text):
    return whole(1, 86400000)(text) / 1000


def hexadecimal(text):
    if not re.fullmatch("(0x)?[0-9a-fA-F]{1,16}", text) or int(text, 16) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not 1 to 16 hexadecimal digits, or is 0")
    return int(text, 16)


def command_parser():
    def add(name, text):
        parser = commands.add_parser(name, help=text, description=text, epilog=EXAMPLES,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--name", help="of this node (default: made of the computer's)")
        parser.add_argument("--identity", type=hexadecimal, metavar="HEX",
                            help="of this node, 64 bits, not 0 (default: made of the names)")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        return parser

    def add_to_node(parser):
        parser.add_argument("url", metavar="URL", help=URL_HELP)
        parser.add_argument("--deadline", "--timeout", type=milliseconds, default=5.0,
                            metavar="MS", help="of a message, in milliseconds (default: 5000)")

    parser = argparse.ArgumentParser(
        prog="msgr.py", description="Send and receive messages whose outcome is told.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    send = add("send", "Send one message and tell what became of it.")
    add_to_node(send)
    send.add_argument("text", metavar="TEXT")
    listen = add("listen", "Answer those who come, and print their messages.")
    listen.add_argument("--udp", action="store_true", help="only UDP, unless --tcp is given too")
    listen.add_argument("--tcp", action="store_true", help="only TCP, unless --udp is given too")
    listen.add_argument("--port", type=whole(0, 65535), default=PORT,
                        help="(default: 9999; 0: the system chooses)")
    listen.add_argument("--address", help="one of this computer's (default: all)")
    listen.add_argument("--count", type=whole(1, COUNT_MAX), metavar="N",
                        help="end after N messages")
    many = add("ping", "Send many messages and tell how long they took.")
    add_to_node(many)
    many.add_argument("--count", type=whole(1, COUNT_MAX), default=100, metavar="N",
                      help="(default: 100)")
    many.add_argument("--size", type=whole(0, MESSAGE_MAX), default=64, metavar="BYTES",
                      help="(default: 64)")
    many.add_argument("--in-flight", type=whole(1, COUNT_MAX), default=1, metavar="W",
                      help="so many at a time (default: 1)")
    return parser


def main():
    options = command_parser().parse_args()
    run = {"send": run_send, "listen": run_listen, "ping": run_ping}[options.command]
    try:
        return run(options, Printer(options.json))
    except Mistake as mistake:
        print(f"error: {mistake}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main())
