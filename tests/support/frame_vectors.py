#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The vectors of the framed protocol, tests/unit/frame_vectors.txt.

usage: frame_vectors.py FILE           write the file
       frame_vectors.py --check FILE   is the file what would be written, and does it read the same?
"""

import pathlib
import sys

import frames
from frames import (BITMAP, DUPLICATE, FIRST, LAST, PROBE, BadCheck, Frame, Malformed, datagram,
                    prefix, read, read_datagram, show, write)

HEAD = """\
# SPDX-License-Identifier: BSD-3-Clause
#
# Vectors of the framed protocol (app/SPEC.md, 5 to 10). Made by tests/support/frame_vectors.py.
#
# A vector is a line:  name | bytes | what they mean
#
#   frame TYPE FIELDS           a frame; it reads so, and is written so
#   later TYPE FIELDS           the same as a later version may send it, with bits and bytes that have
#                               no meaning yet: it reads so
#   skipped TYPE FIELDS         a frame of an unknown type: only its length counts
#   datagram VERSION ; FRAMES   a whole datagram: its frames, each TYPE FIELDS, with ";" between
#   broken VERSION ; FRAMES     the same, and after these frames one that is malformed
#   refused REASON              a frame that is not used: its length, its end, its body's fields or
#                               its check is wrong
#   stranger REASON             a datagram that is not used at all
#
# FIELDS are as in section 6; "own" is the id that ACCEPT gives for frames to its sender, "echo" the
# nonce that it repeats. Bytes are in hexadecimal, numbers in decimal or, after 0x, in hexadecimal;
# "flags" is F. "rest" is what follows the fields.
#
# The check of DATA, ACK and FLOOR is over the incarnation below, and of nothing else.
"""

# Two nodes; alice's identity is the lower: she is the opener.
ALICE, BOB = 0x0200_00FF_FE00_0001, 0x0200_00FF_FE00_0002
NONCE_A, NONCE_B = 0x0001_0203_0405_0607, 0xF0E1_D2C3_B4A5_9687
ID_A, ID_B = 0xA11CE001, 0xB0B00002  # of the frames to alice, and to bob
BEFORE = prefix(NONCE_A, NONCE_B)
TOKEN, COOKIE = 0x1122_3344_5566_7788, bytes.fromhex("c00c1ec00c1e0001")
LIMITS = {"suite": 0, "fragment": 8, "message": 4096, "guaranteed": 16, "initial": 10}
START_A, START_B = NONCE_A & 0xFFFFFFFF, NONCE_B & 0xFFFFFFFF
JAPANESE = "温度計です、東の壁。".encode()  # 30 bytes; with one more, as long as a name can be


def hello(name=b"alice", cookie=b"", **changes):
    fields = {"lowest": 1, "highest": 1, "identity": ALICE, "token": TOKEN, **changes}
    return Frame("HELLO", name=name, cookie=cookie, **fields)


def welcome(name=b"bob"):
    return Frame("WELCOME", token=TOKEN, version=1, identity=BOB, name=name)


def open_(**changes):
    fields = {"to": BOB, "from": ALICE, "id": ID_A, "nonce": NONCE_A, **LIMITS, **changes}
    return Frame("OPEN", **fields)


def accept(**changes):
    fields = {"id": ID_A, "echo": NONCE_A, "own": ID_B, "nonce": NONCE_B, **LIMITS, **changes}
    return Frame("ACCEPT", **fields)


def data(payload, flags=FIRST | LAST, number=START_A, id_=ID_B):
    return Frame("DATA", flags, id=id_, number=number, payload=payload)


def ack(flags=0, id_=ID_A, received=START_A + 1, untaken=0, room=32, **bitmap):
    return Frame("ACK", flags, id=id_, received=received, untaken=untaken, room=room, **bitmap)


def floor(number):
    return Frame("FLOOR", id=ID_B, floor=number)


def counting(size):
    return bytes(at & 0xFF for at in range(size))


def with_flags(frame, flags):
    frame.flags = flags
    return frame


def with_rest(frame, rest):
    frame.rest = rest
    return frame


def with_field(frame, **fields):
    frame.fields.update(fields)
    return frame


# name -> frame
FRAMES = {
    "hello": hello(),
    "hello-with-cookie": hello(cookie=COOKIE),
    "hello-name-of-1-byte": hello(b"a"),
    "hello-name-of-31-bytes": hello(b"a-name-as-long-as-a-name-can-be", COOKIE),
    "hello-name-in-japanese": hello(JAPANESE + b"1"),
    "hello-versions-1-to-255": hello(highest=255),
    "hello-largest-identity-and-token": hello(identity=2 ** 64 - 1, token=2 ** 64 - 1),
    "cookie": Frame("COOKIE", token=TOKEN, cookie=COOKIE),
    "welcome": welcome(),
    "welcome-name-of-1-byte": welcome(b"b"),
    "welcome-name-in-japanese": welcome(JAPANESE + b"1"),
    **{f"refuse-{name}": Frame("REFUSE", token=TOKEN, code=code, lowest=1, highest=1)
       for code, name in enumerate(
           ["version", "name-taken", "self", "full", "malformed", "suite"], 1)},
    "unknown": Frame("UNKNOWN"),
    "open": open_(),
    "open-least-limits": open_(fragment=6, message=1, guaranteed=1, initial=1),
    "open-largest-limits": open_(fragment=10, message=65536, guaranteed=65535, initial=33),
    "open-suite-1": open_(suite=1),
    "accept": accept(),
    "accept-largest-limits": accept(fragment=10, message=65536, guaranteed=65535, initial=33),
    "reset": Frame("RESET", id=ID_B),
    "data-64-bytes": data(counting(64)),
    "data-empty": data(b""),
    "data-1-byte": data(b"\x00"),
    "data-longest-in-the-short-form": data(counting(119)),
    "data-shortest-in-the-long-form": data(counting(120)),
    "data-1024-bytes": data(counting(1024)),
    "data-first": data(counting(256), FIRST),
    "data-neither-first-nor-last": data(counting(256), 0, START_A + 1),
    "data-last": data(b"the end", LAST, START_A + 2),
    "data-number-before-the-wrap": data(b"x", number=0xFFFFFFFF),
    "data-number-after-the-wrap": data(b"x", number=0),
    "data-payload-like-the-mark": data(frames.MARK + b"\x01"),
    "ack": ack(),
    "ack-untaken-and-closed": ack(untaken=33, room=0),
    "ack-probe": ack(PROBE),
    "ack-duplicate": ack(DUPLICATE),
    "ack-bitmap-lowest-bit": ack(BITMAP, bitmap=1),
    "ack-bitmap-highest-bit": ack(BITMAP, bitmap=0x80000000),
    "ack-all-flags": ack(BITMAP | PROBE | DUPLICATE, bitmap=0xFFFFFFFF, untaken=65535, room=33),
    "floor": floor(START_A + 5),
    "floor-after-the-wrap": floor(0),
}

LATER = {
    "hello-longer": with_rest(hello(), b"\x01\x02"),
    "hello-zero-is-not": with_field(hello(), zero=0xFFFF),
    "hello-flags": with_flags(hello(), 7),
    "cookie-longer": with_rest(Frame("COOKIE", token=TOKEN, cookie=COOKIE), b"\x00"),
    "welcome-longer": with_rest(welcome(), counting(100)),
    "refuse-unknown-code": Frame("REFUSE", token=TOKEN, code=200, lowest=2, highest=3),
    "refuse-longer": with_rest(
        Frame("REFUSE", token=TOKEN, code=1, lowest=2, highest=3), b"\x00"),
    "unknown-longer": with_rest(Frame("UNKNOWN"), b"why"),
    "open-longer": with_rest(open_(), counting(200)),
    "accept-longer": with_rest(accept(), b"\xff"),
    "reset-longer": with_rest(Frame("RESET", id=ID_B), b"\xff"),
    "ack-longer": with_rest(ack(), b"\xff"),
    "ack-with-bitmap-longer": with_rest(ack(BITMAP, bitmap=2), b"\xff"),
    "ack-bitmap-of-zero": ack(BITMAP, bitmap=0),
    "floor-longer": with_rest(floor(START_A + 5), b"\xff"),
    "data-flag-without-meaning": data(b"x", FIRST | LAST | 4),
}

SKIPPED = {
    "type-12": Frame("TYPE12", body=b"to be relayed"),
    "type-31-of-the-longest-body": Frame("TYPE31", 7, body=counting(frames.BODY_MAX)),
    "type-0": Frame("TYPE0", body=b""),
}

# A whole exchange: alice connects over UDP and sends "hello"; bob's application takes it and
# answers "hello yourself", which alice's takes.
HANDSHAKE = {
    "1-alice-says-hello": [hello()],
    "2-bob-keeps-nothing": [Frame("COOKIE", token=TOKEN, cookie=COOKIE)],
    "3-alice-has-a-cookie": [hello(cookie=COOKIE)],
    "4-bob-welcomes": [welcome()],
    "5-alice-opens": [open_()],
    "6-bob-accepts": [accept()],
    "7-alice-probes-and-sends": [ack(PROBE, ID_B, START_B, 0, 10), data(b"hello")],
    "8-bob-has-it": [ack(untaken=1)],
    "9-bob-took-it-and-sends": [ack(), data(b"hello yourself", number=START_B, id_=ID_A)],
    "10-alice-took-it": [ack(id_=ID_B, received=START_B + 1)],
}

DATAGRAMS = {
    **{f"exchange-{name}": contents for name, contents in HANDSHAKE.items()},
    "datagram-in-the-order-of-sending": [
        welcome(), ack(BITMAP, bitmap=5), floor(START_A + 1),
        data(b"lost", number=START_A + 1), data(b"new", number=START_A + 9)],
    "datagram-with-types-to-skip": [
        Frame("TYPE12", body=b""), ack(), Frame("TYPE15", body=counting(130)), data(b"x")],
    "datagram-of-1200-bytes": [Frame("TYPE31", body=counting(frames.BODY_MAX))],
    "datagram-without-frames": [],
}

BAD_CHECK = write(data(b"hello"), BEFORE)[:-1] + b"\x00"
BROKEN = {
    "broken-second-check": ([ack()], BAD_CHECK + write(data(b"hello"), BEFORE)),
    "broken-end-in-a-length": ([ack()], b"\x09"),
    "broken-end-in-a-body": ([ack(), data(b"1")], write(data(b"hello"), BEFORE)[:-5]),
    "broken-body-too-short": (
        [ack()], write(Frame("TYPE11", body=b"1234567")) + write(data(b"hello"), BEFORE)),
    "broken-at-once": ([], BAD_CHECK),
    "broken-zeros-behind": ([data(b"1")], bytes(1)),
}


def short(frame_type, size, flags=0):
    """As many bytes of a good body as are too few; with the right check."""
    good = {"HELLO": hello(cookie=COOKIE), "COOKIE": FRAMES["cookie"], "WELCOME": welcome(),
            "REFUSE": FRAMES["refuse-full"], "OPEN": open_(), "ACCEPT": accept(),
            "RESET": FRAMES["reset"], "DATA": data(b""), "ACK": ack(BITMAP, bitmap=1),
            "FLOOR": floor(1)}[frame_type]
    body = frames.write_body(good)[:size]
    return raw(frames.TYPES[frame_type], body, flags, frame_type in frames.WITH_PREFIX)


def raw(number, body, flags=0, is_of_conversation=False, form=None):
    head = bytes([flags << 5 | number]) + frames.write_length(len(body), form)
    before = BEFORE if is_of_conversation else b""
    return head + body + frames.crc32c(before + head + body).to_bytes(4, "big")


REFUSED = {
    "no-bytes-of-length": b"\x09",
    "half-a-length": b"\x09\x80",
    "length-in-two-bytes-that-fits-one": raw(9, frames.write_body(data(b"hi")), 3, True, 2),
    "length-127-in-two-bytes": raw(9, frames.write_body(data(counting(119))), 3, True, 2),
    "length-0-in-two-bytes": raw(5, b"", form=2),
    "length-1190": raw(31, counting(frames.BODY_MAX + 1)),
    "length-32767": raw(31, counting(0x7FFF))[:40],
    "body-beyond-the-end": write(data(b"hello"), BEFORE)[:-5],
    "check-beyond-the-end": write(data(b"hello"), BEFORE)[:-1],
    "nothing-but-type-and-length": b"\x05\x00",
    **{f"short-{frame_type.lower()}-{size}": short(frame_type, size) for frame_type, size in [
        ("HELLO", 0), ("HELLO", 19), ("HELLO", 20), ("HELLO", 25), ("HELLO", 26), ("HELLO", 27),
        ("HELLO", 34), ("COOKIE", 15), ("WELCOME", 17), ("WELCOME", 18), ("WELCOME", 21),
        ("REFUSE", 10), ("OPEN", 37), ("ACCEPT", 33), ("RESET", 0), ("RESET", 3), ("DATA", 0),
        ("DATA", 7), ("ACK", 3), ("ACK", 11), ("FLOOR", 7)]},
    "short-ack-12-with-bitmap": short("ACK", 12, BITMAP),
    "short-ack-15-with-bitmap": short("ACK", 15, BITMAP),
    "hello-name-of-0-bytes": write(hello(b"")),
    "hello-name-of-32-bytes": write(hello(b"n" * 32)),
    "hello-name-of-255-bytes": write(hello(b"n" * 255)),
    "hello-cookie-of-7-bytes": write(hello(cookie=COOKIE[:7])),
    "hello-cookie-of-9-bytes": write(hello(cookie=COOKIE + b"9")),
    "welcome-name-of-0-bytes": write(welcome(b"")),
    "welcome-name-of-32-bytes": write(welcome(b"n" * 32)),
    "open-id-0": write(open_(id=0)),
    "open-fragment-5": write(open_(fragment=5)),
    "open-fragment-11": write(open_(fragment=11)),
    "open-message-0": write(open_(message=0)),
    "open-message-65537": write(open_(message=65537)),
    "open-guaranteed-0": write(open_(guaranteed=0)),
    "open-initial-0": write(open_(initial=0)),
    "open-initial-34": write(open_(initial=34)),
    "accept-own-id-0": write(accept(own=0)),
    "accept-fragment-0": write(accept(fragment=0)),
    "accept-initial-34": write(accept(initial=34)),
    "check-changed": BAD_CHECK,
    "check-of-another-incarnation": write(data(b"hello"), prefix(NONCE_A, NONCE_B + 1)),
    "check-of-nonces-the-wrong-way": write(data(b"hello"), prefix(NONCE_B, NONCE_A)),
    "check-without-incarnation": write(data(b"hello")),
    "check-with-incarnation-where-none-belongs":
        raw(8, ID_B.to_bytes(4, "big"), 0, is_of_conversation=True),
    "check-in-the-wrong-order": write(Frame("UNKNOWN"))[:-4] + write(Frame("UNKNOWN"))[:-5:-1],
    "check-zeros": write(ack(), BEFORE)[:-4] + bytes(4),
    "flag-changed": bytes([write(data(b"hello"), BEFORE)[0] ^ 0x20])
                    + write(data(b"hello"), BEFORE)[1:],
}

STRANGERS = {
    "mark-alone-cut": frames.MARK,
    "mark-of-version-0": datagram([hello()], version=0),
    "mark-of-version-2": datagram([hello()], version=2),
    "mark-changed": b"\xf8" + datagram([hello()])[1:],
    "plain-text": b"hello",
}


def several(contents):
    return "".join(f" ; {show(frame)}" for frame in contents)


def vectors():
    """(name, bytes, meaning)"""
    for name, frame in FRAMES.items():
        yield name, write(frame, BEFORE), f"frame {show(frame)}"
    for name, frame in LATER.items():
        yield f"later-{name}", write(frame, BEFORE), f"later {show(frame)}"
    for name, frame in SKIPPED.items():
        wrong = write(frame)[:-4] + b"skip"  # nobody verifies its check
        yield f"skipped-{name}", wrong, f"skipped {show(frame)}"
    for name, contents in DATAGRAMS.items():
        yield name, datagram(contents, BEFORE), f"datagram 1{several(contents)}"
    for name, (contents, wrong) in BROKEN.items():
        yield name, datagram(contents, BEFORE) + wrong, f"broken 1{several(contents)}"
    for name, wrong in REFUSED.items():
        yield f"refused-{name}", wrong, f"refused {reason(wrong)}"
    for name, wrong in STRANGERS.items():
        yield f"stranger-{name}", wrong, f"stranger {name}"


def reason(wrong):
    try:
        read(wrong, BEFORE)
    except BadCheck:
        return "check"
    except Malformed as error:
        return str(error).replace(" ", "-")
    raise AssertionError(f"not refused: {wrong.hex()}")


def text():
    lines = [f"incarnation | {BEFORE.hex()} | incarnation"]
    lines += [f"{name} | {contents.hex()} | {meaning}" for name, contents, meaning in vectors()]
    return HEAD + "\n" + "\n".join(lines) + "\n"


def require_reads_the_same():
    for table in FRAMES, LATER:
        for name, frame in table.items():
            expected = with_field(frame, zero=frame.fields.get("zero", 0)) \
                if frame.type in ("HELLO", "WELCOME") else frame
            assert read(write(frame, BEFORE), BEFORE)[0] == expected, name
    for name, contents in DATAGRAMS.items():
        found = read_datagram(datagram(contents, BEFORE), BEFORE)
        assert [show(frame) for frame in found.frames] == [show(frame) for frame in contents], name
        assert found.error is None, name
    for name, (contents, wrong) in BROKEN.items():
        found = read_datagram(datagram(contents, BEFORE) + wrong, BEFORE)
        assert [show(frame) for frame in found.frames] == [show(frame) for frame in contents], name
        assert found.error, name


def main():
    words = sys.argv[1:]
    if len(words) == 2 and words[0] == "--check":
        require_reads_the_same()
        if pathlib.Path(words[1]).read_text() != text():
            sys.exit(f"{words[1]} is not what this program writes: {sys.argv[0]} {words[1]}")
    elif len(words) == 1:
        pathlib.Path(words[0]).write_text(text())
    else:
        sys.exit(__doc__)


main()
