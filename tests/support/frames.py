#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The framed protocol's bytes and their meaning (app/SPEC.md, 5 to 10), written from the
specification alone: it shares nothing with the engine, so that each can be tested by the other.

    frame = Frame("DATA", FIRST | LAST, id=7, number=1, payload=b"hi")
    data = datagram([frame], prefix(opener_nonce, accepter_nonce))
    contents = read_datagram(data, lambda frame: prefix(opener_nonce, accepter_nonce))

usage: frames.py HEX [OPENER-NONCE ACCEPTER-NONCE]   say what is in a datagram or a frame
       frames.py --self-test                         what is written reads the same again
"""

import dataclasses
import itertools
import random
import struct
import sys

MARK = b"\xf9MG"
VERSION = 1
DATAGRAM_MAX = 1200
BODY_MAX = 1189
NAME_MAX = 31
COOKIE_SIZE = 8

# Flags (6); as they stand in Frame.flags.
FIRST, LAST = 1, 2
BITMAP, PROBE, DUPLICATE = 1, 2, 4
FLAG_NAMES = {"DATA": {FIRST: "first", LAST: "last"},
              "ACK": {BITMAP: "bitmap", PROBE: "probe", DUPLICATE: "duplicate"}}

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
BITMAP_LAYOUT = " bitmap:4"
WITH_PREFIX = ("DATA", "ACK", "FLOOR")
ON_UNPROVED_LINKS = ("HELLO", "COOKIE", "WELCOME", "REFUSE", "UNKNOWN")
RANGES = {"fragment": (6, 10), "message": (1, 65536), "guaranteed": (1, 65535), "initial": (1, 33)}


class Malformed(ValueError):
    """The bytes do not follow the layouts."""


class BadCheck(Malformed):
    """They were changed on the way, or belong to another incarnation."""


def crc32c(data):
    """Bit by bit, as the definition goes: slow, and without a table to be wrong in."""
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


def prefix(opener_nonce, accepter_nonce):
    """What goes before the frames of a conversation in their check."""
    return struct.pack(">QQ", opener_nonce, accepter_nonce)


class Frame:
    """`rest`: what a later version may have put behind the fields that are known."""

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
        return f"<{show(self)}>"

    @property
    def number(self):
        """The type's: that of a frame whose type is not known is in its name."""
        return TYPES.get(self.type) or int(self.type.removeprefix("TYPE"))


def fields_of(frame_type, flags):
    """(name, how it is laid out) of each field."""
    layout = LAYOUTS[TYPES[frame_type]][1]
    if frame_type == "ACK" and flags & BITMAP:
        layout += BITMAP_LAYOUT
    return [field.split(":") for field in layout.split()]


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
        raise Malformed("there is no length")
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
    own = {"OPEN": "id", "ACCEPT": "own"}.get(frame.type)
    if own and fields[own] == 0:
        raise Malformed("an id is not zero")


def read(data, before=b""):
    """The frame at the beginning: (frame, its size).

    `before`: the prefix; or a function that finds it for a frame, which is read already.
    """
    length, length_size = read_length(data)
    size = 1 + length_size + length + 4
    if size > len(data):
        raise Malformed("the frame goes on behind the end")
    flags, number, body = data[0] >> 5, data[0] & 0x1F, data[1 + length_size:size - 4]
    if number not in LAYOUTS:
        return Frame(f"TYPE{number}", flags, body=body), size
    frame_type = LAYOUTS[number][0]
    frame = None
    if frame_type in WITH_PREFIX and callable(before):
        frame = read_body(frame_type, flags, body)
        start = before(frame)
    else:
        start = before if frame_type in WITH_PREFIX else b""
    if struct.pack(">I", crc32c(start + data[:size - 4])) != data[size - 4:size]:
        raise BadCheck("the check is wrong")
    return frame or read_body(frame_type, flags, body), size


@dataclasses.dataclass
class Datagram:
    version: int
    frames: list
    error: Malformed = None  # why what follows the frames was dropped


def read_datagram(data, before=b""):
    """What a receiver makes of it: the frames up to the first that is malformed."""
    if data[:3] != MARK or len(data) < 4:
        raise Malformed("it does not begin with the mark")
    if len(data) > DATAGRAM_MAX:
        raise Malformed("it has more than 1200 bytes")
    contents, at = Datagram(data[3], []), 4
    while at < len(data):
        try:
            frame, size = read(data[at:], before)
        except Malformed as error:
            contents.error = error
            break
        contents.frames.append(frame)
        at += size
    return contents


def show_value(name, layout, value):
    if isinstance(value, bytes):
        return f"{name}={value.hex()}"
    if layout in "48" and name != "message":
        return f"{name}=0x{value:0{2 * int(layout)}x}"
    return f"{name}={value}"


def show(frame):
    """In one line, for people and for frame_vectors.txt."""
    words = [frame.type, f"flags={frame.flags}"]
    if frame.type in TYPES:
        for name, layout in fields_of(frame.type, frame.flags):
            if name != "zero":
                words.append(show_value(name, layout, frame[name]))
    else:
        words.append(f"body={frame['body'].hex()}")
    if frame.rest:
        words.append(f"rest={frame.rest.hex()}")
    return " ".join(words)


def explain(frame):
    """As show(), with names and texts, and the flags' names."""
    names = [name for bit, name in FLAG_NAMES.get(frame.type, {}).items() if frame.flags & bit]
    words = [frame.type] + names
    for name, value in frame.fields.items():
        if name == "zero":
            continue
        if name in ("name", "payload"):
            words.append(f"{name}={value!r}")
        elif isinstance(value, bytes):
            words.append(f"{name}={value.hex()}")
        else:
            words.append(f"{name}={value:#x}")
    return " ".join(words)


def random_frame(dice, frame_type):
    flags = dice.randrange(8) if frame_type in FLAG_NAMES else 0
    frame = Frame(frame_type, flags)
    for name, layout in fields_of(frame_type, flags):
        if layout == "all":
            value = dice.randbytes(dice.choice([0, 1, 119, 120, 1024]))
        elif name == "name":
            value = dice.randbytes(dice.randint(1, NAME_MAX))
        elif name == "cookie":
            value = dice.randbytes(8 if layout == "bytes8" else dice.choice([0, 8]))
        else:
            least, most = RANGES.get(name, (1, 256 ** int(layout) - 1))
            value = 0 if name == "zero" else dice.randint(least, most)
        frame.fields[name] = value
    if frame_type != "DATA":
        frame.rest = dice.randbytes(dice.choice([0, 0, 1, 130]))
    return frame


def self_test():
    assert crc32c(b"123456789") == 0xE3069283
    dice = random.Random(1)
    before = dice.randbytes(16)
    for frame_type, _ in itertools.product(TYPES, range(40)):
        frame = random_frame(dice, frame_type)
        data = write(frame, before)
        assert read(data, before) == (frame, len(data)), frame
        assert read(data, lambda _: before) == (frame, len(data)), frame
        require_refused(data, dice, before)


def require_refused(data, dice, before):
    """No shorter, and with no bit changed; but a changed type may be one that is skipped."""
    changed = bytearray(data)
    bit = dice.randrange(8, 8 * len(data))
    changed[bit // 8] ^= 1 << bit % 8
    for wrong in data[:-1], bytes(changed):
        try:
            read(wrong, before)
        except Malformed:
            continue
        raise AssertionError(f"not refused: {wrong.hex()}")


def main():
    words = sys.argv[1:]
    if words == ["--self-test"]:
        self_test()
        return
    if len(words) not in (1, 3):
        sys.exit(__doc__)
    data = bytes.fromhex(words[0])
    before = prefix(*(int(nonce, 16) for nonce in words[1:])) if len(words) == 3 else b""
    if data[:3] != MARK:
        data = datagram([]) + data
    contents = read_datagram(data, before)
    for frame in contents.frames:
        print(explain(frame))
    if contents.error:
        sys.exit(f"dropped from here on: {contents.error}")


if __name__ == "__main__":
    try:
        main()
    except ValueError as error:
        sys.exit(f"error: {error}")
