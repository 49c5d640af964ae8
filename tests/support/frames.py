#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The framed protocol's bytes and their meaning (app/SPEC.md, 5 to 10), for people and for tests.
The codec is sim/msgr.py's, written from the specification alone: it shares nothing with the engine,
so that each can be tested by the other.

    frame = Frame("DATA", FIRST | LAST, id=7, number=1, payload=b"hi")
    data = datagram([frame], prefix(opener_nonce, accepter_nonce))
    contents = read_datagram(data, lambda frame: prefix(opener_nonce, accepter_nonce))

usage: frames.py HEX [OPENER-NONCE ACCEPTER-NONCE]   say what is in a datagram or a frame
       frames.py --self-test                         what is written reads the same again
"""

import dataclasses
import itertools
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "sim"))

from msgr import (  # noqa: E402,F401
    BITMAP, BODY_MAX, DATAGRAM_MAX, DUPLICATE, FIRST, LAST, LAYOUTS, MARK, NAME_MAX, PROBE, RANGES,
    TYPES, VERSION, WITH_PREFIX, BadCheck, Frame, Malformed, crc32c, datagram, fields_of, prefix,
    read, write, write_body, write_length)

FLAG_NAMES = {"DATA": {FIRST: "first", LAST: "last"},
              "ACK": {BITMAP: "bitmap", PROBE: "probe", DUPLICATE: "duplicate"}}


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


def crc32c_bit_by_bit(data):
    """As the definition goes: slow, and without a table to be wrong in."""
    state = 0xFFFFFFFF
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (0x82F63B78 if state & 1 else 0)
    return state ^ 0xFFFFFFFF


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
    if frame_type == "HELLO":
        frame.fields["highest"] = dice.randint(frame["lowest"], 255)
    if frame_type != "DATA":
        frame.rest = dice.randbytes(dice.choice([0, 0, 1, 130]))
    return frame


def self_test():
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(range(256))) == crc32c_bit_by_bit(bytes(range(256)))
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
