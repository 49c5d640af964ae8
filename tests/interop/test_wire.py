# SPDX-License-Identifier: BSD-3-Clause
"""Nodes on a virtual wire, which needs no privileges and no private network; and captures."""

import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile

import pytest

from support.node import (
    SIM_COMMAND,
    Node,
    address6_of,
    address_of,
    link_local_of,
    run_client,
    serve,
    tcp_sent,
    udp_sent,
    udp_served,
)

ADDRESSES = [address_of(0), address6_of(0), link_local_of(0) + "%1"]
IDS = ["ipv4", "ipv6", "link_local"]


@pytest.fixture(name="wire")
def make_wire():
    """A path for a wire in a folder of its own; pytest's own paths may be too long for sockets."""
    with tempfile.TemporaryDirectory(prefix="msgr-") as folder:
        yield str(pathlib.Path(folder) / "wire")


def end_of(wire, number):
    """The interface of a node at an end of a wire, with the same addresses as on tapN."""
    addresses = ["--address", f"{address_of(number)}/24", "--address6", f"{address6_of(number)}/64"]
    return ["--wire", wire, *addresses]


def left_over(wire):
    return sorted(path.name for path in pathlib.Path(wire).parent.iterdir())


def send(wire, transport, address, text="Hello", options=(), number=1):
    return run_client(*options, transport, address, text, interface=end_of(wire, number))


@pytest.mark.parametrize("address", ADDRESSES, ids=IDS)
def test_two_nodes_on_a_wire_exchange_messages(wire, address):
    with serve(interface=end_of(wire, 0)) as node:
        tcp = send(wire, "tcp", address)
        assert tcp.stdout.splitlines() == tcp_sent("Hello", "Message received: Hello. Thank you.")
        udp = send(wire, "udp", address)
        answer = "Message received: b'Hello'. Thank you."
        assert udp.stdout.splitlines() == udp_sent("Hello", answer)
        assert (tcp.returncode, tcp.stderr, udp.returncode, udp.stderr) == (0, "", 0, "")
        node.wait_line("Terminating the connection.")
        node.expect(*udp_served("Hello"))
    assert left_over(wire) == []


def test_longest_text_and_an_answer_in_fragments_pass_a_wire(wire):
    with serve(interface=end_of(wire, 0)):
        assert send(wire, "tcp", ADDRESSES[0], "x" * 1024).returncode == 0
        assert send(wire, "udp", ADDRESSES[0], "あ" * 341).returncode == 0
        assert send(wire, "udp", ADDRESSES[1], "あ" * 341).returncode == 0


def test_nodes_that_are_told_both_ends_exchange_messages(wire):
    one, other = f"{wire}.left,{wire}.right", f"{wire}.right,{wire}.left"
    with serve(interface=end_of(one, 0)):
        assert send(other, "tcp", ADDRESSES[0]).returncode == 0
        assert left_over(wire) == ["wire.left"]
        assert send(other, "udp", ADDRESSES[1]).returncode == 0
    assert left_over(wire) == []


def test_ends_of_a_wire_are_the_first_that_is_free(wire):
    with Node("serve", interface=end_of(wire, 0)) as one:
        one.wait_line("Listening for client.")
        assert left_over(wire) == ["wire.a"]
        with Node("serve", interface=end_of(wire, 1)) as other:
            other.wait_line("Listening for client.")
            assert left_over(wire) == ["wire.a", "wire.b"]
    assert left_over(wire) == []


def test_sockets_of_killed_nodes_are_taken_over(wire):
    for _ in range(3):
        with serve(interface=end_of(wire, 0)) as one:
            with serve(interface=end_of(wire, 1), tap=1) as other:
                one.kill()
                other.kill()
        assert left_over(wire) == ["wire.a", "wire.b"]
    with serve(interface=end_of(wire, 0)) as node:
        assert send(wire, "tcp", ADDRESSES[0]).returncode == 0
        node.wait_line("Hello")
    assert left_over(wire) == []


def test_socket_of_a_killed_node_is_taken_over_where_both_ends_are_told(wire):
    one, other = f"{wire}.left,{wire}.right", f"{wire}.right,{wire}.left"
    with serve(interface=end_of(one, 0)) as node:
        node.kill()
    with serve(interface=end_of(one, 0)):
        assert send(other, "tcp", ADDRESSES[0]).returncode == 0


def test_server_survives_the_other_ends_coming_and_going(wire):
    with serve(interface=end_of(wire, 0)) as node:
        for _ in range(3):
            with Node("send", "udp", "10.77.0.77", "nobody", interface=end_of(wire, 1)) as other:
                other.wait_line("Sending msg to the server: nobody")
                other.kill()
            assert send(wire, "tcp", ADDRESSES[0]).returncode == 0
            node.wait_line("Terminating the connection.")


def test_files_that_are_no_sockets_are_left_alone(wire):
    mine = pathlib.Path(f"{wire}.a")
    mine.write_text("precious")
    told = send(f"{wire}.a,{wire}.b", "udp", address_of(0))
    assert told.returncode == 1
    assert told.stderr.startswith(f"error: wire {wire}.a,{wire}.b: ")
    with serve(interface=end_of(wire, 0)):
        assert left_over(wire) == ["wire.a", "wire.b"]
    assert mine.read_text() == "precious"


def test_longest_text_that_is_not_ascii_is_acknowledged_to_our_client(wire):
    with serve(interface=end_of(wire, 0)) as node:
        text = "é" * 512
        done = send(wire, "udp", address_of(0), text)
        answer = f"Message received: {text.encode()!r}. Thank you."
        assert done.stdout.splitlines() == udp_sent(text, answer)
        node.rest()


def test_device_does_not_become_a_closed_standard_output(wire):
    with serve(interface=end_of(wire, 0)) as node:
        words = [*SIM_COMMAND, *end_of(wire, 1), "send", "udp", address_of(0), "Hello"]
        silent = subprocess.run(
            ["sh", "-c", 'exec "$@" >&-', "sh", *words], capture_output=True, timeout=10
        )
        assert (silent.returncode, silent.stderr) == (0, b"")
        assert node.rest()[-1] == "UDP: 1 datagrams, 1 answered, 0 not answered."


def test_ctrl_c_is_heard_through_a_flood(wire):
    frame = b"\xff" * 12 + b"\x08\x00" + bytes(46)
    with serve(interface=end_of(wire, 0)) as node:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as flood:
            flood.connect(f"{wire}.a")
            for number in range(1_000_000):
                if number == 1000:
                    node.process.send_signal(signal.SIGINT)
                try:
                    flood.send(frame)
                except ConnectionRefusedError:
                    break
            else:
                pytest.fail("it did not end")
        node.rest_of_ended()


def test_third_node_on_a_wire_is_told(wire):
    with serve(interface=end_of(wire, 0)), serve(interface=end_of(wire, 1), tap=1):
        third = send(wire, "tcp", ADDRESSES[0], number=2)
    assert (third.returncode, third.stdout) == (1, "")
    assert third.stderr.startswith(f"error: wire {wire}: ")
    assert "give each pair of nodes a wire of its own." in third.stderr


def test_end_that_is_taken_is_told(wire):
    both = f"{wire}.left,{wire}.right"
    with serve(interface=end_of(both, 0)):
        second = send(both, "tcp", ADDRESSES[0])
    assert second.returncode == 1
    assert "A wire has two ends" in second.stderr


@pytest.mark.parametrize("path", ["/nowhere/wire", "x" * 200, ",", "left,"])
def test_impossible_wire_is_told(path):
    done = send(path, "tcp", ADDRESSES[0])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: wire ")


def test_client_alone_on_a_wire_fails_in_time(wire):
    done = send(wire, "tcp", ADDRESSES[0], options=["--timeout", 300])
    assert done.returncode == 1
    after = re.search(r"port 9999: no answer in time, after (\d+) ms", done.stderr)
    assert 300 <= int(after[1]) < 300 + 2 * 500  # lwIP looks every 500 ms
    assert left_over(wire) == []


def test_nodes_with_ipv6_only_or_ipv4_only_find_each_other(wire):
    for option, network, address in [
        ("--address", "10.77.0.{}/24", address_of(0)),
        ("--address6", "fd77::{}/64", address6_of(0)),
    ]:
        ends = [["--wire", wire, option, network.format(number)] for number in (2, 3)]
        with serve(interface=ends[0], address=address) as node:
            for transport in "tcp", "udp":
                client = run_client(transport, address, "Hello", interface=ends[1])
                assert client.returncode == 0, client.stderr
            assert "Hello" in node.rest()


# ---- captures --------------------------------------------------------------------------------


def frames_of(capture):
    """The frames of a capture file, after the look at its header."""
    data = capture.read_bytes()
    assert struct.unpack_from("=IHHiIII", data) == (0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    at, frames = 24, []
    while at < len(data):
        _, microseconds, captured, length = struct.unpack_from("=IIII", data, at)
        assert captured == length and microseconds < 1_000_000
        frames.append(data[at + 16 : at + 16 + length])
        assert len(frames[-1]) == length
        at += 16 + length
    return frames


def test_capture_holds_every_frame_of_both_directions(wire, tmp_path):
    files = [tmp_path / "server.pcap", tmp_path / "client.pcap"]
    with serve("--pcap", files[0], interface=end_of(wire, 0)):
        done = send(wire, "udp", ADDRESSES[0], "recorded", options=["--pcap", files[1]])
        assert done.returncode == 0
    for file in files:
        texts = [frame[42:] for frame in frames_of(file) if frame[12:14] == b"\x08\x00"]
        assert b"recorded" in texts
        assert b"Message received: b'recorded'. Thank you." in texts


def test_capture_is_whole_when_the_node_is_killed(wire, tmp_path):
    file = tmp_path / "killed.pcap"
    with serve("--pcap", file, interface=end_of(wire, 0)) as node:
        assert send(wire, "tcp", ADDRESSES[0], "recorded").returncode == 0
        node.wait_line("Terminating the connection.")
        node.kill()
    assert any(b"recorded" in frame for frame in frames_of(file))


@pytest.mark.skipif(shutil.which("tcpdump") is None, reason="tcpdump is not installed")
def test_capture_is_readable_by_tcpdump(wire, tmp_path):
    file = tmp_path / "wire.pcap"
    with serve("--pcap", file, interface=end_of(wire, 0)):
        for transport in "tcp", "udp":
            assert send(wire, transport, ADDRESSES[0]).returncode == 0
    command = ["tcpdump", "-n", "-r", "-"]
    if pathlib.Path("/proc/self/setgroups").read_text() == "deny\n":
        # root of a user namespace only, which tcpdump cannot give up as it wants to
        command = ["unshare", "--user", *command]
    with open(file, "rb") as capture:
        read = subprocess.run(command, stdin=capture, capture_output=True, text=True, timeout=10)
    assert read.returncode == 0, read.stderr
    assert "10.77.0.2.9999 > 10.77.0.3." in read.stdout
    assert "Flags [S.]" in read.stdout
    assert "UDP" in read.stdout


def test_capture_that_cannot_be_written_is_told(wire):
    done = send(wire, "tcp", ADDRESSES[0], options=["--pcap", "/nowhere/file.pcap"])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: --pcap /nowhere/file.pcap: ")
    assert left_over(wire) == []


# ---- anybody may hold the other end ----------------------------------------------------------


def test_one_datagram_on_the_wire_is_one_frame(wire):
    """Python at the other end: an ARP request comes in, alone, and is answered."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.settimeout(10)
        other.bind(f"{wire}.python")
        with serve(interface=end_of(f"{wire}.node,{wire}.python", 0)):
            request = bytes.fromhex("ffffffffffff 020000770009 0806 0001 0800 0604 0001")
            request += bytes.fromhex("020000770009 0a4d0009 000000000000 0a4d0002")
            other.sendto(request, f"{wire}.node")
            while (frame := other.recv(2000))[12:14] != b"\x08\x06" or frame[20:22] != b"\0\2":
                pass
            assert frame[:6] == bytes.fromhex("020000770009")
            assert frame[22:32] == bytes.fromhex("02000a4d0002 0a4d0002")


@pytest.mark.parametrize("size", [0, 1, 13, 14, 1515, 9000])
def test_frame_of_no_sensible_size_does_no_harm(wire, size):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.bind(f"{wire}.b")
        with serve(interface=end_of(f"{wire}.a,{wire}.b", 0)) as node:
            other.sendto(b"\xff" * size, f"{wire}.a")
            other.close()
            pathlib.Path(f"{wire}.b").unlink()
            assert send(f"{wire}.b,{wire}.a", "tcp", ADDRESSES[0]).returncode == 0
            node.wait_line("Hello")
