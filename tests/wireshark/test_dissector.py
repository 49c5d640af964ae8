# SPDX-License-Identifier: BSD-3-Clause
"""sim/msgr.lua, the dissector for Wireshark: it shows what frames.py reads, in words."""

import pathlib
import random
import xml.etree.ElementTree as ElementTree

import pytest
from support import frames
from support.frames import BITMAP, DUPLICATE, FIRST, LAST, PROBE, Frame
from support.pcap import Capture

HERE = pathlib.Path(__file__).resolve().parent
MARK = frames.MARK + bytes([frames.VERSION])
# What the dissector adds to the fields of a frame.
OWN_FIELDS = {"type", "flags", "length", "check", "check.status", "zero", "text", "taken", "limit",
              "conversation", "again"}
CUT = ("there is no length", "the frame goes on behind the end")  # on a stream: wait for more


# ---- Vectors -------------------------------------------------------------------------------------


class Vector:
    def __init__(self, line):
        self.name, data, meaning = line.split(" | ")
        self.data = bytes.fromhex(data)
        self.kind, _, self.meaning = meaning.strip().partition(" ")

    @property
    def is_datagram(self):
        return self.kind in ("datagram", "broken", "stranger")

    @property
    def datagram(self):
        return self.data if self.is_datagram else MARK + self.data

    @property
    def frames(self):
        """The frames that are used."""
        if self.kind in ("refused", "stranger"):
            return []
        texts = self.meaning.split(" ; ")
        return [read_frame(text) for text in (texts[1:] if self.is_datagram else texts)]

    @property
    def reason(self):
        """Why it is refused."""
        return self.meaning.replace("-", " ") if self.kind == "refused" else None


HEXADECIMAL = {"name", "cookie", "payload", "body", "rest"}  # the others are numbers


def read_frame(text):
    """{field: value} of "TYPE field=value ...", without those of no bytes."""
    frame_type, *words = text.split()
    fields = dict(word.split("=") for word in words)
    return {"type": frame_type, **{name: value if name in HEXADECIMAL else int(value, 0)
                                   for name, value in fields.items() if value}}


def read_vectors():
    lines = (HERE.parent / "unit" / "frame_vectors.txt").read_text(encoding="utf-8").splitlines()
    return [Vector(line) for line in lines
            if line and not line.startswith(("#", "incarnation"))]


VECTORS = read_vectors()
ACCEPT = next(vector for vector in VECTORS if vector.name == "accept")


# ---- What tshark shows ---------------------------------------------------------------------------


def shown_frame(item):
    """A frame in the form of read_frame(), and what its check is."""
    fields = {field.get("name").removeprefix("msgr."): field for field in item}
    number = int(fields["type"].get("value"), 16)
    shown = {"type": frames.LAYOUTS.get(number, (f"TYPE{number}",))[0],
             "flags": int(fields["flags"].get("value"), 16)}
    for name, field in fields.items():
        if name not in OWN_FIELDS and not name.startswith("_ws"):
            value = field.get("value")
            shown[name] = value if name in HEXADECIMAL else int(value, 16)
    return shown, ("bad", "good", "unknown")[int(fields["check.status"].get("show"))]


class Shown:
    """What is shown of one packet."""

    def __init__(self, packet):
        items = [item for item in packet.iter("field") if item.get("name") == "msgr.frame"]
        self.all_frames = [shown_frame(item) for item in items if len(item)]
        self.experts = {field.get("show") for field in packet.iter("field")
                        if field.get("name") == "_ws.expert.message"}
        self.names = {field.get("name") for field in packet.iter("field")}

    @property
    def frames(self):
        """Those that a receiver uses."""
        malformed = any(text.startswith("Malformed: ") for text in self.experts)
        known = [frame for frame, check in self.all_frames
                 if check == "good" or frame["type"].startswith("TYPE")]
        return [frame for frame in known if not malformed or is_whole(frame)]


def is_whole(frame):
    """Has a frame that is shown all of its fields, within their ranges?"""
    if frame["type"].startswith("TYPE"):
        return True
    needed = [name for name, _ in frames.fields_of(frame["type"], frame["flags"])]
    optional = {"zero", "cookie", "payload"} if frame["type"] != "COOKIE" else set()
    return all(name in frame for name in needed if name not in optional)


def packets_of(text):
    return [Shown(packet) for packet in ElementTree.fromstring(text).iter("packet")]


def show(tshark, capture, *options):
    return packets_of(tshark.read(capture, "-T", "pdml", "-Y", "msgr", *options))


def require_mark(shown, vector):
    """What is malformed says why; what is not says nothing of the kind."""
    if vector.reason == "check" or vector.name == "broken-second-check":
        assert "msgr.check.bad" in shown.names, vector.name
    elif vector.reason:
        assert f"Malformed: {vector.reason}" in shown.experts, (vector.name, shown.experts)
    elif vector.kind == "broken":
        assert shown.names & {"msgr.malformed", "msgr.check.bad"}, vector.name
    elif vector.kind != "stranger":
        assert not shown.names & {"msgr.malformed", "msgr.check.bad"}, vector.name


def test_vectors_in_datagrams_are_shown_as_they_are(tshark):
    capture = Capture()
    capture.datagram(1, ACCEPT.datagram)
    for version in (4, 6):
        for vector in VECTORS:
            capture.datagram(0, vector.datagram, version)
    shown = show(tshark, capture)[1:]
    assert len(shown) == 2 * len(VECTORS)
    for vector, packet in zip(VECTORS * 2, shown):
        if vector.kind != "refused":
            assert packet.frames == vector.frames, vector.name
        require_mark(packet, vector)


def good_vectors(size_max):
    """ACCEPT, and all frames that are used."""
    good = [vector for vector in VECTORS if vector.kind in ("frame", "later", "skipped")]
    return [ACCEPT] + [vector for vector in good if len(vector.data) <= size_max]


def shown_streams(tshark, capture):
    """The frames of each stream, in order."""
    text = tshark.read(capture, "-T", "pdml", "-Y", "msgr", "-J", "tcp msgr")
    streams = {}
    for packet in ElementTree.fromstring(text).iter("packet"):
        stream = packet.find(".//field[@name='tcp.stream']").get("show")
        shown = Shown(packet)
        assert not shown.names & {"msgr.malformed", "msgr.check.bad"}, shown.experts
        streams.setdefault(stream, []).extend(shown.frames)
    return list(streams.values())


def test_streams_are_shown_however_they_are_cut(tshark):
    dice = random.Random(1)
    cuts = [((1,), 40), ((2,), 40), ((3,), 150), ((7,), 150), ((100,), 1200), ((1460,), 1200),
            *(([dice.choice([1, 2, 3, 10, 50, 300, 1460]) for _ in range(2000)], 1200)
              for _ in range(8))]
    capture, expected = Capture(), []
    for sizes, size_max in cuts:
        vectors = good_vectors(size_max)
        capture.stream(dice.choice([4, 6])).send(
            0, MARK + b"".join(vector.data for vector in vectors), sizes)
        expected.append([frame for vector in vectors for frame in vector.frames])
    assert shown_streams(tshark, capture) == expected


def test_streams_are_shown_wherever_they_are_cut_in_two(tshark):
    names = ("accept", "hello", "data-1-byte", "ack-bitmap-lowest-bit", "unknown")
    vectors = [vector for name in names for vector in VECTORS if vector.name == name]
    data = MARK + b"".join(vector.data for vector in vectors)
    capture = Capture()
    for cut in range(1, len(data)):
        capture.stream().send(0, data, (cut, 1460))
    expected = [frame for vector in vectors for frame in vector.frames]
    assert shown_streams(tshark, capture) == [expected] * (len(data) - 1)


@pytest.mark.parametrize("options, sizes", [
    ([], [1460]), (["-2"], [1460]), (["-2"], [len(MARK), 1460])])
def test_malformed_frames_in_streams_are_marked(tshark, options, sizes):
    vectors = [vector for vector in VECTORS if vector.reason and vector.reason not in CUT]
    capture = Capture()
    capture.datagram(1, ACCEPT.datagram)
    for vector in vectors:
        capture.stream().send(0, MARK + vector.data, sizes)
    shown = show(tshark, capture, *options)[len(sizes)::len(sizes)]
    assert len(shown) == len(vectors)
    assert not any(frame["type"] == "TYPE25" for packet in shown for frame in packet.frames)
    for vector, packet in zip(vectors, shown):
        require_mark(packet, vector)


# ---- A conversation ------------------------------------------------------------------------------

ALICE, BOB = 0x0200_00FF_FE00_0001, 0x0200_00FF_FE00_0002
NONCE_A, NONCE_B = 0x1122_3344_FFFF_FFF0, 0x5566_7788_0000_1000
ID_A, ID_B = 0xA11CE001, 0xB0B00002
TOKEN, COOKIE = 7, bytes(range(8))
LIMITS = {"suite": 0, "fragment": 8, "message": 4096, "guaranteed": 16, "initial": 10}


def of_alice(number):
    """Her fragment, counted from 1."""
    return (NONCE_A + number - 1) % 2**32


def of_bob(number):
    return (NONCE_B + number - 1) % 2**32


def data(number, payload, flags=FIRST | LAST):
    return Frame("DATA", flags, id=ID_B, number=of_alice(number), payload=payload)


def ack_to_alice(received, flags=0, untaken=0, room=32, **bitmap):
    return Frame("ACK", flags, id=ID_A, received=of_alice(received), untaken=untaken, room=room,
                 **bitmap)


def ack_to_bob(received, flags=0, untaken=0, room=32):
    return Frame("ACK", flags, id=ID_B, received=of_bob(received), untaken=untaken, room=room)


def hello(cookie=b""):
    return Frame("HELLO", lowest=1, highest=1, identity=ALICE, token=TOKEN, name=b"alice",
                 cookie=cookie)


FROM_ALICE, FROM_BOB = 0, 1
CONVERSATION = [
    (FROM_ALICE, [hello()]),
    (FROM_BOB, [Frame("COOKIE", token=TOKEN, cookie=COOKIE)]),
    (FROM_ALICE, [hello(COOKIE)]),
    (FROM_BOB, [Frame("WELCOME", token=TOKEN, version=1, identity=BOB, name="ボブ".encode())]),
    (FROM_ALICE, [Frame("OPEN", to=BOB, from_=ALICE, id=ID_A, nonce=NONCE_A, **LIMITS)]),
    (FROM_BOB, [Frame("ACCEPT", id=ID_A, echo=NONCE_A, own=ID_B, nonce=NONCE_B, **LIMITS)]),
    (FROM_ALICE, [ack_to_bob(1, PROBE), data(1, b"hello")]),
    (FROM_BOB, [ack_to_alice(2, untaken=1)]),
    (FROM_BOB, [ack_to_alice(2), Frame("DATA", FIRST | LAST, id=ID_A, number=of_bob(1),
                                       payload="こんにちは".encode())]),
    (FROM_ALICE, [ack_to_bob(2), data(2, b"x" * 256, FIRST), data(3, b"y" * 256, 0),
                  data(4, b'the "end"\n', LAST)]),
    (FROM_ALICE, [data(6, b""), data(8, b"\xff"), data(9, b"9")]),
    (FROM_BOB, [ack_to_alice(5, BITMAP, untaken=3, bitmap=0b1101)]),
    (FROM_ALICE, [data(6, b"")]),
    (FROM_BOB, [ack_to_alice(5, BITMAP | DUPLICATE, untaken=65535, room=0, bitmap=0b11101)]),
    (FROM_ALICE, [Frame("FLOOR", id=ID_B, floor=of_alice(8))]),
    (FROM_BOB, [ack_to_alice(20)]),
    (FROM_ALICE, [Frame("FLOOR", id=0xDEAD, floor=of_alice(8)), Frame("RESET", id=ID_B)]),
    (FROM_BOB, [Frame("REFUSE", token=NONCE_A, code=4, lowest=1, highest=1),
                Frame("TYPE12", body=b"relayed")]),
    (FROM_BOB, [Frame("UNKNOWN")]),
    (FROM_ALICE, b"Hello\tthere"),
    (FROM_BOB, b"Message received: b'Hello\\tthere'. Thank you."),
]
EXPECTED = HERE / "conversation.txt"


def bytes_of(contents):
    if isinstance(contents, bytes):
        return contents
    return frames.datagram(contents, frames.prefix(NONCE_A, NONCE_B))


def capture_conversation(version=4, **options):
    capture = Capture()
    for sender, contents in CONVERSATION:
        capture.datagram(sender, bytes_of(contents), version, **options)
    return capture


def expected_info():
    return EXPECTED.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("version", [4, 6])
def test_conversation_reads_in_words(tshark, version):
    assert tshark.info(capture_conversation(version)) == expected_info()


def test_second_pass_shows_the_same(tshark):
    assert tshark.info(capture_conversation(), "-2") == expected_info()


def test_other_ports_are_recognized_by_the_mark(tshark):
    shown = tshark.info(capture_conversation(ports=(40001, 40002)))
    assert shown[:-2] == expected_info()[:-2]


def test_ports_can_be_preferred(tshark):
    capture = Capture()
    capture.datagram(0, b"hello", ports=(40001, 40002))
    capture.datagram(0, b"hello")
    shown = tshark.info(capture, "-o", "msgr.ports:40002")
    assert shown[0] == "Plain message: hello"
    assert "Plain" not in shown[1]


def test_numbers_can_be_shown_as_they_are(tshark):
    shown = tshark.info(capture_conversation(), "-o", "msgr.relative:FALSE")
    assert shown[6].endswith('ACK 0x00001000 taken 0x00001000 probe | DATA 0xfffffff0, "hello"')


@pytest.mark.parametrize("options", [[], ["-2"]])
def test_conversation_over_a_stream_reads_the_same(tshark, options):
    capture = Capture()
    stream = capture.stream(6)
    stream.send(FROM_ALICE, MARK)
    stream.send(FROM_BOB, MARK)
    for sender, contents in CONVERSATION[:-2]:
        stream.send(sender, bytes_of(contents)[len(MARK):])
    assert tshark.info(capture, "-Y", "msgr", *options)[2:] == expected_info()[:-2]


def test_what_came_before_the_capture_is_shown_by_its_numbers(tshark):
    capture = Capture()
    for sender, contents in CONVERSATION[6:8]:
        capture.datagram(sender, bytes_of(contents))
    assert tshark.info(capture) == [
        'ACK 0x00001000 taken 0x00001000 probe | DATA 0xfffffff0, "hello"',
        "ACK 0xfffffff1 taken 0xfffffff0",
    ]


def test_stream_that_was_joined_late_is_read(tshark):
    capture = Capture()
    stream = capture.stream()
    capture.packets.clear()
    for sender, contents in CONVERSATION[6:8]:
        stream.send(sender, bytes_of(contents)[len(MARK):])
    assert tshark.info(capture, "-Y", "msgr") == [
        'ACK 0x00001000 taken 0x00001000 probe | DATA 0xfffffff0, "hello"',
        "ACK 0xfffffff1 taken 0xfffffff0",
    ]


@pytest.mark.parametrize("options", [[], ["-2"]])
def test_frame_in_parts_is_shown_where_it_ends(tshark, options):
    capture = Capture()
    first, second = (bytes_of([hello(cookie)])[len(MARK):] for cookie in (b"", COOKIE))
    stream = capture.stream()
    for part in (MARK, first[:1], first[1:20], first[20:] + second + first[:1], first[1:]):
        stream.send(FROM_ALICE, part)
        stream.next[FROM_ALICE] -= len(part)
        stream.send(FROM_ALICE, part)  # TCP repeats it
    assert tshark.info(capture, "-Y", "msgr", *options) == [
        "the mark", "alice > ?: HELLO | HELLO with cookie", "alice > ?: HELLO"]


def test_plain_streams_are_shown_as_text(tshark):
    capture = Capture()
    stream = capture.stream()
    stream.send(0, b"Hello")
    stream.send(0, MARK + b"is not at the beginning")
    stream.send(1, b"Message received: Hello. Thank you.")
    assert tshark.info(capture, "-Y", "msgr") == [
        "Plain message: Hello",
        "Plain message: \\xf9MG\\x01is not at the beginning",
        "Plain answer: Message received: Hello. Thank you.",
    ]


def test_bitmap_is_spelled_out(tshark):
    text = tshark.read(capture_conversation(), "-T", "fields", "-e", "msgr.held", "-Y",
                       "frame.number == 12")
    assert [int(number, 0) for number in text.strip().split(",")] == [
        of_alice(number) for number in (6, 8, 9)]


def hex_dump(contents):
    """As `text2pcap -D` reads it."""
    sender, payload = contents[0], bytes_of(contents[1])
    lines = [f"{at:06x} {payload[at:at + 16].hex(' ')}\n" for at in range(0, len(payload), 16)]
    return "IO"[sender == FROM_ALICE] + "\n" + "".join(lines)


def test_hex_dump_reads_the_same(tshark):
    dump, capture = tshark.folder / "dump.txt", tshark.folder / "out" / "dump.pcapng"
    capture.parent.mkdir()
    capture.parent.chmod(0o777)
    dump.write_text("\n".join(map(hex_dump, CONVERSATION)), encoding="ascii")
    dump.chmod(0o644)
    tshark.run("text2pcap", "-q", "-D", "-u", "9999,9999", dump, capture)
    shown = tshark.read_file(capture, "-o", 'gui.column.format:"Info","%i"')
    assert shown.splitlines() == expected_info()


# ---- Rubbish -------------------------------------------------------------------------------------


def changed(dice, payload):
    """With some bytes changed, or its end cut off, or rubbish behind it."""
    payload = bytearray(payload)
    for _ in range(dice.choice([0, 1, 1, 5])):
        payload[dice.randrange(len(payload))] = dice.randrange(256)
    return bytes(payload[:dice.choice([dice.randrange(4, len(payload) + 1), len(payload)])]
                 + dice.randbytes(dice.choice([0, 0, 1, 20])))


def rubbish(dice):
    """A frame of a known type whose check is right, and its body anything."""
    kind = dice.randrange(3)
    if kind == 0:
        return MARK + dice.randbytes(dice.randrange(60))
    if kind == 1:
        return changed(dice, dice.choice(VECTORS).datagram + b"....")
    body = dice.randbytes(dice.randrange(60))
    frame = bytes([dice.randrange(256), len(body)]) + body
    check = frames.crc32c(dice.choice([b"", frames.prefix(NONCE_A, NONCE_B)]) + frame)
    return MARK + frame + check.to_bytes(4, "big")


def require_calm(tshark, capture):
    shown = tshark.read(capture, "-V")
    for word in ("Lua Error", "Malformed Packet", "Dissector bug", "Exception"):
        assert word not in shown, shown[max(0, shown.index(word) - 2000):shown.index(word) + 200]


def test_rubbish_is_survived(tshark):
    dice = random.Random(1)
    capture = capture_conversation()
    for _ in range(1000):
        capture.datagram(dice.randrange(2), rubbish(dice), dice.choice([4, 6]))
    for _ in range(30):
        stream = capture.stream()
        for _ in range(10):
            start = dice.choice([0, 4, 4, 4])
            stream.send(dice.randrange(2), rubbish(dice)[start:], [dice.choice([1, 9, 1460])])
    require_calm(tshark, capture)


def test_every_truncation_is_survived(tshark):
    """By the sender, and by the capture."""
    capture = Capture()
    for _, contents in CONVERSATION:
        payload = bytes_of(contents)
        for size in range(1, min(len(payload), 120)):
            capture.datagram(0, payload[:size])
            capture.datagram(0, payload, size_max=size)
    require_calm(tshark, capture)
