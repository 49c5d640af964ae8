# SPDX-License-Identifier: BSD-3-Clause
"""What sim/impair promises, with plain sockets and with two nodes at its ends.

Chance is seeded: what is measured is the same in each run, and the bounds are those of chance
(five standard deviations), so that another seed would do as well.
"""

import collections
import contextlib
import itertools
import math
import pathlib
import re
import signal
import subprocess
import tempfile

import pytest

from support.impair import HEADER, IMPAIR, Between, Impairer, between, frames_of, number_of
from support.node import BOUND_S, Program, run_client, serve

COUNT = 10_000
ARP = bytes.fromhex("ffffffffffff 0200000000a1 0806").ljust(60, b"\0")
SOLICITATION = bytes.fromhex("3333ff000002 0200000000a1 86dd 60000000 0020 3a ff").ljust(54, b"\0")
SOLICITATION += bytes([135]).ljust(32, b"\0")
IMPAIRED = ("--loss", "20%", "--duplicate", "10%", "--flip", "5%")


def is_near(count, trials, probability, inflation=1):
    deviation = math.sqrt(trials * probability * (1 - probability) * inflation)
    return abs(count - trials * probability) <= 5 * deviation


def pass_through(*options, frames=None, seed=1):
    """The counters from a to b, and the frames that came."""
    frames = frames_of(COUNT) if frames is None else frames
    with between("--seed", str(seed), *options) as (impairer, a, b):
        a.send(*frames)
        counters = impairer.wait_settled(**{"in": len(frames)})
        return counters, b.wait(counters["passed"])


def lost_of(frames, count=COUNT):
    return sorted(set(range(count)) - {number_of(frame) for frame in frames})


# ---- nothing is impaired -----------------------------------------------------------------------


def test_frames_pass_unaltered_both_ways():
    frames = [bytes(range(256)) * 8, b"x", *frames_of(1000), *frames_of(3, 1514)]
    with between() as (impairer, a, b):
        a.send(*frames)
        b.send(*reversed(frames))
        assert b.wait(len(frames)) == frames
        assert a.wait(len(frames)) == frames[::-1]
        final = impairer.final()
    for way in "ab", "ba":
        assert final[way]["in"] == final[way]["passed"] == len(frames)
        assert sum(final[way].values()) == 2 * len(frames)


def test_frame_that_is_too_long_is_counted_and_does_no_harm():
    counters, frames = pass_through(frames=[bytes(2049), bytes(60000), b"fits".ljust(2048)])
    assert (counters["absent"], frames) == (2, [b"fits".ljust(2048)])


def test_receiver_that_does_not_read_loses_nothing():
    frames = frames_of(20_000)  # more than there is room for on the way
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        pair = Between(folder)
        with pair.impairer, contextlib.closing(pair.side("a")) as a:
            with contextlib.closing(pair.side("b", is_reading=False)) as b:
                a.send(*frames[:5000])
                b.start()
                a.send(*frames[5000:])
                assert b.wait(len(frames)) == frames


# ---- each impairment ---------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [1, 20, 70])
def test_so_many_are_lost_as_were_asked_for(loss):
    counters, frames = pass_through("--loss", f"{loss}%")
    assert is_near(counters["lost"], COUNT, loss / 100)
    assert counters["lost"] == len(lost_of(frames)) == COUNT - len(frames)


def test_all_are_lost_at_100_percent_and_none_at_0():
    assert pass_through("--loss", "100%", "--burst", "3", frames=frames_of(500))[1] == []
    assert pass_through("--loss", "0%", frames=frames_of(500))[1] == frames_of(500)


def test_losses_come_in_bursts():
    counters, frames = pass_through("--loss", "20%", "--burst", "5")
    lost = set(lost_of(frames))
    groups = itertools.groupby(range(COUNT), lambda number: number in lost)
    runs = [len(list(run)) for is_lost, run in groups if is_lost]
    assert is_near(counters["lost"], COUNT, 0.2, inflation=7)
    assert 4 <= sum(runs) / len(runs) <= 6
    assert 1 in runs and max(runs) > 10


def test_losses_by_themselves_do_not_depend_on_each_other():
    lost = set(lost_of(pass_through("--loss", "20%")[1]))
    pairs = sum(number + 1 in lost for number in lost)
    assert is_near(pairs, len(lost), 0.2)


def test_same_seed_is_the_same_fate_and_another_one_is_not():
    first, again = (pass_through(*IMPAIRED, seed=11) for _ in range(2))
    assert first == again
    assert pass_through(*IMPAIRED, seed=12)[1] != first[1]


def test_one_setting_leaves_what_others_do_as_it_was():
    alone = pass_through("--loss", "20%", seed=11)[1]
    others = ["--duplicate", "10%", "--delay", "1ms", "--reorder", "2%"]
    assert lost_of(pass_through("--loss", "20%", *others, seed=11)[1]) == lost_of(alone)


def test_random_seed_is_shown_and_does_the_same_again():
    with between("--loss", "50%") as (impairer, a, b):
        a.send(*frames_of(200))
        frames = b.wait(impairer.wait_settled(**{"in": 200})["passed"])
        seed = impairer.seed
    assert pass_through("--loss", "50%", frames=frames_of(200), seed=seed)[1] == frames


def lateness(sent, side):
    return [arrived - time for time, (arrived, _) in zip(sent, side.arrived)]


def test_delay_is_at_least_what_was_asked_for():
    with between("--delay", "20ms") as (_, a, b):
        sent = a.send(*frames_of(100))
        assert b.wait(100) == frames_of(100)
        late = lateness(sent, b)
        assert min(late) >= 0.020
        assert sorted(late)[50] < 0.120


def test_jitter_adds_to_the_delay_and_keeps_the_order():
    with between("--delay", "5ms", "--jitter", "20ms", "--seed", "1") as (_, a, b):
        sent = a.send(*frames_of(300))
        assert b.wait(300) == frames_of(300)
        late = lateness(sent, b)
        assert min(late) >= 0.005
        assert max(late) > 0.015
        assert sorted(late)[150] < 0.125


def test_reordered_frames_are_held_back_and_others_stay_in_order():
    with between("--reorder", "10%", "--hold", "30ms", "--seed", "1") as (impairer, a, b):
        sent = a.send(*frames_of(1000))
        numbers = [number_of(frame) for frame in b.wait(1000)]
        counters = impairer.wait_settled()
        times = {number_of(frame): arrived for arrived, frame in b.arrived}
    assert sorted(numbers) == list(range(1000))
    highest = itertools.accumulate(numbers, max)
    overtaken = [number for number, most in zip(numbers, highest) if number < most]
    assert is_near(counters["reordered"], 1000, 0.1)
    assert 0.5 * counters["reordered"] < len(overtaken) <= counters["reordered"]
    assert all(times[number] - sent[number] >= 0.030 for number in overtaken)


def test_duplicates_come_right_behind():
    counters, frames = pass_through("--duplicate", "20%")
    copies = collections.Counter(map(number_of, frames))
    assert is_near(counters["duplicated"], COUNT, 0.2)
    assert set(copies.values()) == {1, 2}
    assert list(copies.values()).count(2) == counters["duplicated"] == len(frames) - COUNT
    assert frames == sorted(frames)


def test_flip_changes_one_bit_anywhere_behind_the_header():
    original = frames_of(1)[0]
    counters, frames = pass_through("--flip", "30%", frames=[original] * COUNT)
    bits = collections.Counter()
    for frame in frames:
        change = int.from_bytes(frame, "big") ^ int.from_bytes(original, "big")
        assert len(frame) == len(original) and change.bit_count() <= 1
        bits[change.bit_length()] += 1
    flipped = COUNT - bits.pop(0)
    assert counters["flipped"] == flipped and is_near(flipped, COUNT, 0.3)
    assert set(bits) == set(range(1, 8 * (len(original) - HEADER) + 1))


def test_frame_without_anything_behind_the_header_is_not_flipped():
    frames = [bytes(HEADER)] * 20
    assert pass_through("--flip", "100%", frames=frames)[1] == frames


def test_rate_is_that_of_the_line():
    with between("--rate", "10Mbit", "--queue", "200") as (_, a, b):
        sent = a.send(*frames_of(100, 1250))  # 1 ms each
        assert b.wait(100) == frames_of(100, 1250)
        late = lateness(sent, b)
        assert late[0] >= 0.001
        assert 0.1 <= b.arrived[-1][0] - sent[0] < 0.5


def test_queue_that_is_full_drops():
    with between("--rate", "100kbit", "--queue", "4") as (impairer, a, b):
        a.send(*frames_of(50, 1250))  # 100 ms each: one on the line, four in the queue
        counters = impairer.wait_settled(**{"in": 50})
        assert b.wait(counters["passed"])[:5] == frames_of(5, 1250)
    assert counters["dropped"] >= 40
    assert counters["dropped"] + counters["passed"] == 50


def test_directions_have_settings_of_their_own():
    with between("--loss", "100%", "--ba", "loss=0%,duplicate=100%") as (impairer, a, b):
        a.send(*frames_of(10))
        impairer.wait_settled(lost=10)
        b.send(*frames_of(10))
        assert a.wait(20)[::2] == frames_of(10)
        assert b.wait(0) == []


def test_directions_roll_dice_of_their_own():
    with between("--loss", "50%", "--seed", "1") as (impairer, a, b):
        a.send(*frames_of(200))
        b.send(*frames_of(200))
        there = b.wait(impairer.wait_settled("ab", **{"in": 200})["passed"])
        back = a.wait(impairer.wait_settled("ba", **{"in": 200})["passed"])
    assert there != back
    assert pass_through("--loss", "50%", frames=frames_of(200))[1] == there


def test_address_resolution_can_be_spared():
    frames = [ARP, frames_of(1)[0], SOLICITATION]
    assert pass_through("--loss", "100%", frames=frames)[1] == []
    assert pass_through("--loss", "100%", "--spare-arp", frames=frames)[1] == [ARP, SOLICITATION]


def test_spared_frames_do_not_change_the_fate_of_others():
    plain = pass_through("--loss", "50%", "--spare-arp", frames=frames_of(100))[1]
    mixed = [frame for pair in zip([ARP] * 100, frames_of(100)) for frame in pair]
    mixed = pass_through("--loss", "50%", "--spare-arp", frames=mixed)[1]
    assert [frame for frame in mixed if frame != ARP] == plain


# ---- while it runs -----------------------------------------------------------------------------


def test_cable_is_pulled_and_put_in_again():
    one, two, three = frames_of(3)
    with between() as (impairer, a, b):
        a.send(one)
        assert b.wait(1) == [one]
        impairer.command("cut")
        a.send(two)
        b.send(two)
        impairer.wait_settled("ab", cut=1)
        impairer.wait_settled("ba", cut=1)
        impairer.command("mend")
        a.send(three)
        assert b.wait(2) == [one, three]
        assert a.arrived == []


def test_what_is_on_the_cable_when_it_is_pulled_is_gone():
    with between("--delay", "300ms") as (impairer, a, b):
        a.send(*frames_of(5))
        b.send(*frames_of(5))
        while impairer.counters()["ab"]["waiting"] < 5:
            pass
        impairer.command("ab cut")
        assert impairer.wait_settled("ab")["cut"] == 5
        assert a.wait(5) == frames_of(5)
        assert b.arrived == []


def test_settings_change_while_it_runs():
    with between() as (impairer, a, b):
        impairer.command("ab loss 100%")
        a.send(*frames_of(10))
        impairer.wait_settled(lost=10)
        impairer.command("clear")
        impairer.command("duplicate 100%")
        a.send(*frames_of(10))
        assert len(b.wait(20)) == 20
        b.send(*frames_of(1))
        a.wait(2)


@pytest.mark.parametrize(
    "line",
    ["loss 30", "loss", "ab", "ab cut now please", "lose 3%", "loss 90%", "xy cut", "loss 1% 2%"],
)
def test_wrong_command_is_told_and_changes_nothing(line):
    with between("--burst", "2") as (impairer, a, b):
        impairer.command(line, is_good=False)
        impairer.wait_error(re.compile("error: .*"))
        a.send(*frames_of(100))
        assert b.wait(100) == frames_of(100)
        impairer.type("quit")
        impairer.wait_line(re.compile(r'\{"final".*'))
        impairer.ends(errors=[re.compile("error: .*")])


@pytest.mark.parametrize("seed", [1, 2])
def test_counters_add_up_at_any_time(seed):
    words = [*IMPAIRED, "--burst", "3", "--delay", "2ms", "--jitter", "5ms", "--reorder", "5%"]
    words += ["--rate", "3Mbit", "--queue", "20", "--seed", str(seed)]
    with between(*words) as (impairer, a, b):
        for number, frame in enumerate(frames_of(2000)):
            a.send(frame)
            b.send(frame)
            if number % 100 == 0:
                seen = impairer.counters()
                assert add_up(seen["ab"]) and add_up(seen["ba"])
            if number in (1000, 1200):
                impairer.command("cut" if number == 1000 else "mend")
        there = impairer.wait_settled("ab", **{"in": 2000})
        back = impairer.wait_settled("ba", **{"in": 2000})
        b.wait(there["passed"])
        a.wait(back["passed"])
        assert impairer.final()["ab"] == there
    assert add_up(there) and add_up(back)
    for name in there.keys() - {"absent", "waiting"}:
        assert there[name] > 0, name


def add_up(counters):
    gone = ("passed", "lost", "cut", "dropped", "absent", "waiting")
    return counters["in"] + counters["duplicated"] == sum(counters[name] for name in gone)


# ---- its ends ----------------------------------------------------------------------------------


def test_other_side_may_come_and_go():
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        pair = Between(folder)
        with pair.impairer as impairer, contextlib.closing(pair.side("a")) as a:
            a.send(*frames_of(3))
            impairer.wait_settled(absent=3)
            for number in range(1, 4):
                with contextlib.closing(pair.side("b")) as b:
                    a.send(*frames_of(5))
                    assert b.wait(5) == frames_of(5)
                a.send(*frames_of(1))
                impairer.wait_settled(absent=3 + number)


def test_side_that_ends_without_reading_does_not_hold_up_its_successor():
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        pair = Between(folder)
        with pair.impairer as impairer, contextlib.closing(pair.side("a")) as a:
            with contextlib.closing(pair.side("b", is_reading=False)):
                a.send(*frames_of(100))
            impairer.wait_settled(**{"in": 100})
            with contextlib.closing(pair.side("b")) as b:
                a.send(*frames_of(5))
                assert b.wait(5) == frames_of(5)


@pytest.fixture(name="folder")
def make_folder():
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        yield pathlib.Path(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_by_a_signal_and_leaves_nothing(folder, number):
    with Program(IMPAIR, f"wire:{folder}/x", f"wire:{folder}/y", "--seed", "5") as impairer:
        impairer.expect(f"Ready: A is wire:{folder}/x, B is wire:{folder}/y; seed 5.")
        assert sorted(path.name for path in folder.iterdir()) == ["x.a", "y.a"]
        none = "0 in, 0 passed, 0 lost"
        impairer.stop(re.compile(rf"\d+\.\d s \| ab: {none} \| ba: {none}"), number=number)
    assert list(folder.iterdir()) == []


def test_counters_are_shown_every_second(folder):
    with Program(IMPAIR, f"wire:{folder}/x", f"wire:{folder}/y", "--counters", "1") as impairer:
        impairer.wait_line(re.compile(r"1\.\d s \| ab: .*"))
        impairer.wait_line(re.compile(r"2\.\d s \| ab: .*"))


def test_killed_ones_sockets_are_taken_over(folder):
    ends = [f"wire:{folder}/x", f"wire:{folder}/y"]
    for _ in range(2):
        with Impairer(*ends) as impairer:
            impairer.kill()
    with Impairer(*ends):
        assert sorted(path.name for path in folder.iterdir()) == ["x.a", "y.a"]


def test_end_that_is_taken_is_told(folder):
    with Impairer(f"wire:{folder}/x,{folder}/y", f"wire:{folder}/z"):
        done = run(f"wire:{folder}/w", f"wire:{folder}/x,{folder}/v")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: wire ") and "names are taken" in done.stderr
    assert not list(folder.glob("w*"))


def test_device_that_is_not_there_is_told(folder):
    done = run(f"wire:{folder}/w", "tap:a-name-that-is-too-long")
    assert (done.returncode, done.stderr) == (
        1,
        "error: TAP device a-name-that-is-too-long: a name has 15 characters at most\n",
    )


# ---- its command line --------------------------------------------------------------------------


def run(*words):
    return subprocess.run([IMPAIR, *words], capture_output=True, text=True, timeout=BOUND_S)


@pytest.mark.parametrize(
    "words, error",
    [
        ([], "give two ends, not 0"),
        (["wire:/tmp/x"], "give two ends, not 1"),
        (["wire:/tmp/x", "wire:/tmp/x"], "wire:/tmp/x: the two ends are the same"),
        (["wire:/tmp/x", "/tmp/y"], "/tmp/y: an end is wire:PATH"),
        (["--loss", "20"], "loss 20: give a percentage from 0% to 100%"),
        (["--loss", "101%"], "loss 101%: give a percentage"),
        (["--loss", "-1%"], "loss -1%: give a percentage"),
        (["--loss", "nan%"], "loss nan%: give a percentage"),
        (["--loss", "0x1%"], "loss 0x1%: give a percentage"),
        (["--loss", "90%", "--burst", "2"], "loss 90%: in runs of 2 frames at most 66.6667%"),
        (["--burst", "0"], "burst 0: give a mean number"),
        (["--delay", "5"], "delay 5: give a time from 0s to 60s, with its unit"),
        (["--delay", "61s"], "delay 61s: give a time"),
        (["--rate", "10MB"], "rate 10MB: give a rate"),
        (["--rate", "1bit"], "rate 1bit: give a rate"),
        (["--queue", "0"], "queue 0: give a number of frames"),
        (["--ab", "loss"], "loss: give settings as loss=20%,delay=5ms"),
        (["--ab", "loss,delay=5ms"], "loss: give settings as"),
        (["--ba", "lose=20%"], "lose: there is no such setting; there are loss, burst"),
        (["--seed", "-1"], "--seed -1: give a whole number"),
        (["--seed", "99999999999999999999"], "--seed 99999999999999999999: give a whole number"),
        (["--counters", "0"], "--counters 0: give a whole number from 1"),
        (["--no-such"], "--no-such: there is no such option"),
        (["--loss"], "--loss needs a value"),
    ],
)
def test_wrong_command_line_is_told(words, error):
    if words and words[0].startswith("--"):
        words = ["wire:/tmp/x", "wire:/tmp/y", *words]
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {error}"), done.stderr


def test_help_names_all_options_and_commands():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    names = "loss burst delay jitter duplicate reorder hold flip rate queue ab ba both spare-arp"
    for name in [*names.split(), "seed", "counters", "json"]:
        assert f"--{name}" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines())


# ---- nodes -------------------------------------------------------------------------------------


def node_at(folder, wire, last):
    return ["--wire", f"{folder}/{wire}", "--address", f"10.77.0.{last}/24"]


def wires(folder):
    return f"wire:{folder}/left", f"wire:{folder}/right"


def test_messages_arrive_over_tcp_in_spite_of_loss(folder):
    words = ["--loss", "20%", "--duplicate", "5%", "--reorder", "5%", "--seed", "4", "--spare-arp"]
    with Impairer(*wires(folder), *words) as impairer:
        with serve(interface=node_at(folder, "left", 2)) as node:
            for number in range(3):
                text = f"message {number} " + "x" * 500
                done = run_client(
                    *("--timeout", "60000", "tcp", "10.77.0.2", text),
                    interface=node_at(folder, "right", 3),
                    bound_s=70,
                )
                assert f"Message received: {text}. Thank you." in done.stdout.splitlines()
                node.wait_line(text, bound_s=70)
            node.kill()  # its last FIN may be on its way for long
        final = impairer.final()
    assert final["ab"]["lost"] + final["ba"]["lost"] > 0


def test_some_messages_over_udp_are_lost_and_others_are_not(folder):
    with Impairer(*wires(folder), "--loss", "20%", "--seed", "1", "--spare-arp"):
        with serve("--udp", interface=node_at(folder, "left", 2)):
            statuses = [
                run_client(
                    *("--timeout", "200", "udp", "10.77.0.2", "Hello"),
                    interface=node_at(folder, "right", 3),
                ).returncode
                for _ in range(20)
            ]
    assert set(statuses) == {0, 1}


def test_messages_pass_again_when_the_cable_is_put_in_again(folder):
    words = ["--timeout", "300", "udp", "10.77.0.2", "Hello"]
    with Impairer(*wires(folder)) as impairer:
        with serve("--udp", interface=node_at(folder, "left", 2)):
            for command, status in ("mend", 0), ("cut", 1), ("mend", 0):
                impairer.command(command)
                done = run_client(*words, interface=node_at(folder, "right", 3))
                assert done.returncode == status
