# SPDX-License-Identifier: BSD-3-Clause
"""msgr send, serve, ping and bench with each other, as their users run them."""

import os
import pathlib
import re
import resource
import signal
import socket
import subprocess
import tempfile

import pytest
from support.board import free_port
from support.desktop import DELIVERED, MSGR, TIME, Server, objects, require, run
from support.node import Program

HOSTS = {"ipv4": "127.0.0.1", "ipv6": "[::1]", "mapped": "[::ffff:127.0.0.1]",
         "name": "localhost"}
KINDS = ["udp", "tcp"]
JAPANESE = "こんにちは、ボブ"


@pytest.fixture(name="folder")
def make_folder():
    with tempfile.TemporaryDirectory() as folder:
        yield pathlib.Path(folder)


@pytest.fixture(name="bob")
def make_bob():
    with Server() as bob:
        yield bob


def run_and_interrupt(words, is_there, status, stdin=False, errors=()):
    """Ctrl-C as soon as it is there; the lines that it said."""
    with Program(MSGR, *words, stdin=stdin) as program:
        is_there(program)
        program.process.send_signal(signal.SIGINT)
        program.wait_end()
        assert program.process.returncode == status
        assert program.lines("stderr") == list(errors)
        said = program.lines()
        program.kill()
    return said


def stand_still(program):
    """SIGSTOP, from the moment on that it does."""
    program.process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, program.process.pid, os.WSTOPPED | os.WNOWAIT)


# ---- send ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", HOSTS)
def test_message_is_delivered(bob, kind, host):
    for name in "/bob", "":
        done = run("send", bob.url(kind, name, HOSTS[host]), "Hello,", JAPANESE, "--name", "alice")
        require(done, 0, DELIVERED.pattern)
        bob.wait_line(f"Message from alice: Hello, {JAPANESE}")
        bob.wait_line(re.compile("alice is down: .*"))


def test_message_over_a_unix_socket(folder):
    path = folder / "bob"
    with Server("--unix", path) as bob:
        require(run("send", f"unix:{path}", "Hello", "--name", "alice"), 0, DELIVERED.pattern)
        bob.wait_line("Message from alice: Hello")
        require(run("send", "--plain", f"unix:{path}", "Hello"), 0,
                r"Message received: Hello\. Thank you\.")
        bob.wait_line(re.compile("Plain message from unix:.*: Hello"))
    assert not path.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_several_in_a_row_under_one_name_need_not_wait_for_each_other(bob, kind):
    for number in range(8):
        done = run("send", bob.url(kind), number, "--name", "alice")
        require(done, 0, DELIVERED.pattern)
    bob.wait_line("Message from alice: 7")


def test_more_senders_than_places_need_not_wait_for_silence(bob):
    for _ in range(18):
        require(run("send", bob.url(), "x"), 0, DELIVERED.pattern)


@pytest.mark.parametrize("text", [b"", b"Hello\n", JAPANESE.encode(), b"x" * 4096, b"\xff\x00\x1b[2J"])
def test_standard_input_and_a_file(bob, folder, text):
    file = folder / "text"
    file.write_bytes(text)
    require(run("send", bob.url(), "-", text=text), 0, DELIVERED.pattern)
    require(run("send", "--file", file, bob.url()), 0, DELIVERED.pattern)


def test_standard_input_that_is_closed():
    done = subprocess.run(f"{MSGR} send udp://127.0.0.1/b - <&-", shell=True, capture_output=True,
                          text=True, timeout=20, check=False)
    require(done, 2, "", "error: standard input is closed")


def test_closed_standard_files_do_no_harm(bob):
    done = subprocess.run(f"{MSGR} send {bob.url()} quiet --name alice <&- >&- 2>&-", shell=True,
                          timeout=20, check=False)
    assert done.returncode in (0, 1)
    bob.wait_line("Message from alice: quiet")


@pytest.mark.parametrize("words", [["-"], ["-", "--plain"]])
def test_megabyte_is_refused_with_the_limit(words):
    limit = 65000 if "--plain" in words else 4096
    require(run("send", "tcp://127.0.0.1/b", *words, text=b"x" * 1048576), 2, "",
            f"error: standard input has more than {limit} bytes, .*--lines .*")


def test_megabyte_of_lines_is_sent_line_by_line():
    lines = [f"{number:07} {JAPANESE}" for number in range(32000)]
    text = "\n".join(lines).encode()
    assert len(text) > 1048576
    with Server("--json") as bob:
        require(run("send", bob.url("tcp"), "-", "--lines", "--deadline", 30000, text=text), 0,
                f"32000 messages to bob: 32000 delivered, 0 not delivered, 0 unknown, {TIME}")
        said = objects("\n".join(bob.rest()))
    assert [one["text"] for one in said if one["event"] == "message"] == lines


def test_lines_that_are_too_long_are_told_one_by_one(bob):
    text = b"one\n" + b"x" * 4097 + b"\n" + b"y" * 20000 + b"\nfour\n\n" + b"z" * 4096
    done = run("send", bob.url(), "-", "--lines", "--name", "alice", text=text)
    require(done, 1, "Line 2: not delivered: longer than a message can be.\n"
                     "Line 3: not delivered: longer than a message can be.\n"
                     f"6 messages to bob: 4 delivered, 2 not delivered, 0 unknown, {TIME}")
    bob.wait_line("Message from alice: one")
    bob.expect("Message from alice: four", "Message from alice: ", "Message from alice: " + "z" * 4096)


def test_lines_come_while_others_are_waited_for(bob):
    """As of `tail -f`."""
    with Program(MSGR, "send", "--lines", "--name", "alice", bob.url(), "-", stdin=True) as sender:
        for line in "one", "two":
            sender.process.stdin.write(line.encode() + b"\n")
            bob.wait_line(f"Message from alice: {line}")
        sender.process.stdin.close()
        sender.ends(re.compile(r"2 messages to bob: 2 delivered, .*"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", [["send", "x"], ["send", "-", "--lines"], ["ping"], ["bench"]])
def test_nobody_there(kind, words):
    url = f"{kind}://127.0.0.1:{free_port()}/bob"
    why = r" \(Connection refused\)" if kind == "tcp" else ""
    done = run(words[0], url, *words[1:], "--deadline", 300)
    require(done, 1, rf"Message to bob: not delivered: nobody answered at {re.escape(url)}{why}\. "
                     rf"Is a node running there\?, {TIME}")


@pytest.mark.parametrize("kind", KINDS)
def test_name_that_does_not_resolve(kind):
    done = run("send", f"{kind}://nobody.invalid/bob", "x")
    require(done, 1, r"Message to bob: not delivered: there is no host nobody\.invalid\. "
                     rf"Is the name right\?, {TIME}")
    done = run("send", "--plain", f"{kind}://nobody.invalid/bob", "x")
    require(done, 1, "", f"error: {kind}://nobody.invalid/bob: .+")


@pytest.mark.parametrize("words, why", [
    (["--name", "bob"], "another node has our name there: choose one with --name"),
    (["--identity", "b0b"], "that node has our identity: choose another --name or --identity")])
def test_refused(words, why):
    with Server("--identity", "b0b") as bob:
        require(run("send", bob.url(), "x", *words), 1, f"Message to bob: not delivered: {why}, {TIME}")


def test_somebody_else_is_there(bob):
    require(run("send", bob.url(name="/carol"), "x"), 1,
            f"Message to carol: not delivered: the node there is bob, {TIME}")


def test_nothing_of_a_message_reaches_the_terminal_raw(bob):
    require(run("send", bob.url(), "\x1b[2J\u202e\r", "--name", "alice"), 0, DELIVERED.pattern)
    bob.wait_line(r"Message from alice: \x1b[2J\xe2\x80\xae\x0d")


# ---- Ctrl-C ----------------------------------------------------------------------------------


def test_interrupted_while_nobody_answers():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = "tcp://127.0.0.1:{}/bob".format(silent.getsockname()[1])

        accepted = []

        def connected(_):
            silent.settimeout(10)
            accepted.append(silent.accept()[0])
            accepted[-1].recv(1)

        said = run_and_interrupt(["send", url, "x"], connected, 130)
        assert re.fullmatch(f"Message to bob: not delivered: cancelled, {TIME}", said[0])
        run_and_interrupt(["send", "--plain", url, "x"], connected, 130,
                          errors=[f"error: {url}: cancelled"])
        for one in accepted:
            one.close()


def test_interrupted_while_an_outcome_is_awaited(bob):
    def wait(program):
        program.process.stdin.write(b"one\n")
        bob.wait_line(re.compile("Message from .*: one"))

    said = run_and_interrupt(["send", "--lines", bob.url(), "-"], wait, 130, stdin=True)
    assert said[-1].startswith("1 messages to bob: 1 delivered")


def test_ping_that_is_interrupted_sums_up(bob):
    said = run_and_interrupt(["ping", bob.url()],
                             lambda ping: ping.wait_line(re.compile(".* seq=2 .*")), 0)
    assert said[0] == f"PING bob ({bob.url()}): 64 bytes"
    assert said[-3] == "--- bob ping statistics ---"
    assert re.fullmatch(r"2 messages transmitted, 2 delivered, 0% loss, time \d+ ms", said[-2])
    assert re.fullmatch(r"rtt min/avg/max/mdev = (\d+\.\d{3}/){3}\d+\.\d{3} ms, jitter \d+\.\d{3} ms",
                        said[-1])


def test_bench_that_is_interrupted_sums_up(bob):
    said = run_and_interrupt(
        ["bench", "-c", "1000000", bob.url()],
        lambda _: bob.wait_line(re.compile(r"Message from .*: \.+")), 130)
    assert re.match(r"\d+ messages of 64 bytes to bob in .* s: \d+ delivered", said[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_that_is_interrupted_ends_well(number):
    with Server() as bob:
        bob.stop(number=number)


# ---- serve -----------------------------------------------------------------------------------


def test_once_and_count():
    with Server("--once") as bob:
        require(run("send", bob.url(), "x"), 0, DELIVERED.pattern)
        bob.wait_end()
        assert bob.process.returncode == 0
    with Server("--count", "3") as bob:
        require(run("send", bob.url("tcp"), "x"), 0, DELIVERED.pattern)
        require(run("send", "--plain", bob.url("tcp", ""), "x"), 0, ".*Thank you.")
        assert bob.process.poll() is None
        require(run("send", "--plain", bob.url("udp", ""), "x"), 0, ".*Thank you.")
        bob.wait_end()


def test_port_and_path_that_are_in_use(bob, folder):
    require(run("serve", "--port", bob.port), 1, "",
            f"error: port {bob.port} is in use: end the other program, or choose another with "
            "--port")
    require(run("chat", "--port", bob.port, text=b""), 1, "", f"error: port {bob.port} is in use: .*")
    with Server("--unix", folder / "s"):
        require(run("serve", "--port", free_port(), "--unix", folder / "s"), 1, "",
                "error: .*/s is in use: end the other program, or choose another with --unix")
    require(run("serve", "--port", free_port(), "--unix", folder / "no" / "s"), 1, "",
            "error: cannot listen at .*/s: No such file or directory")


def test_path_that_a_killed_server_left_behind_is_taken_over(folder):
    with Server("--unix", folder / "s") as bob:
        bob.kill()
    with Server("--unix", folder / "s") as bob:
        require(run("send", f"unix:{folder / 's'}", "x"), 0, DELIVERED.pattern)


def test_peer_that_half_closes_is_answered(bob):
    with socket.create_connection(("127.0.0.1", bob.port), timeout=10) as client:
        client.sendall(b"Hello")
        client.shutdown(socket.SHUT_WR)
        assert client.makefile("rb").read() == b"Message received: Hello. Thank you."


def test_no_descriptors_left_is_said_and_others_are_served_on():
    """The limit is for the server alone."""
    held = 24
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    before = ["prlimit", f"--nofile={held}:{soft}", "--"]
    with Server(before=before) as bob, Program(
            MSGR, "send", "--lines", "--name", "alice", bob.url("tcp"), "-", stdin=True) as alice:
        alice.process.stdin.write(b"before\n")
        bob.wait_line("Message from alice: before")
        clients = [socket.create_connection(("127.0.0.1", bob.port)) for _ in range(held)]
        try:
            bob.wait_error("error: no descriptors left for further clients: they wait; those that "
                           "are here are served on (ulimit -n)")
            alice.process.stdin.write(b"meanwhile\n")
            bob.wait_line("Message from alice: meanwhile")
            clients[0].sendall(b"x")
            assert clients[0].recv(100) == b"Message received: x. Thank you."
        finally:
            for client in clients:
                client.close()
        require(run("send", bob.url("tcp"), "after"), 0, DELIVERED.pattern)
        alice.process.stdin.close()
        alice.ends(re.compile("2 messages to bob: 2 delivered, .*"))
        bob.process.send_signal(signal.SIGINT)
        bob.wait_end()
        assert bob.process.returncode == 0
        assert len(bob.lines("stderr")) == 1
        bob.kill()


def test_client_without_descriptors_says_so():
    done = subprocess.run(f"ulimit -n 4; exec {MSGR} send udp://127.0.0.1/b x", shell=True,
                          capture_output=True, text=True, timeout=20, check=False)
    require(done, 1, "", "error: .*(Too many open files|no descriptors left).*")


# ---- ping and bench --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_ping_of_a_few(bob, kind):
    done = run("ping", "-c", 5, "-i", 0.02, "-s", 1000, bob.url(kind))
    line = r"1000 bytes to bob: seq=%d time=\d+\.\d{3} ms\n"
    require(done, 0, "PING .*: 1000 bytes\n" + "".join(line % seq for seq in range(1, 6)) + ".*")


@pytest.mark.parametrize("size", [0, 3, 4096])
def test_ping_without_an_interval(bob, size):
    done = run("ping", "-c", 100, "-i", 0, "-s", size, "--json", bob.url())
    said = objects(done.stdout)
    assert done.returncode == 0
    assert [one["seq"] for one in said[:-1]] == list(range(1, 101))
    assert (said[-1]["transmitted"], said[-1]["delivered"], said[-1]["loss_percent"]) == (100, 100, 0)
    assert {"min_ms", "avg_ms", "max_ms", "mdev_ms", "jitter_ms"} <= set(said[-1])


def test_system_calls_that_are_interrupted_do_no_harm(bob):
    """A window that changes its size all the time."""
    with Program(MSGR, "bench", "-c", "20000", bob.url()) as bench:
        bob.wait_line(re.compile(r"Message from .*: \.+"))  # it takes signals by now
        while bench.process.poll() is None:
            bench.process.send_signal(signal.SIGWINCH)
            bob.process.send_signal(signal.SIGWINCH)
        bench.wait_line(re.compile(".* 20000 delivered, 0 not delivered, 0 unknown."))
        bench.rest_of_ended()


def test_ping_tells_what_is_lost(bob):
    with Program(MSGR, "ping", "-i", "0.1", "--deadline", "300", bob.url()) as ping:
        ping.wait_line(re.compile(".*seq=1 time.*"))
        stand_still(bob)
        ping.wait_line(re.compile("seq=[0-9]+: unknown: its time was up"))
        bob.process.send_signal(signal.SIGCONT)
        ping.process.send_signal(signal.SIGINT)
        ping.wait_end()
        assert ping.process.returncode == 3
        assert re.fullmatch(r"\d+ messages transmitted, \d+ delivered, [\d.]+% loss, .*",
                            ping.lines()[-2])
        ping.kill()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size, in_flight", [(64, 32), (0, 1), (4096, 256)])
def test_bench(bob, kind, size, in_flight):
    done = run("bench", "-c", 300, "-s", size, "-w", in_flight, bob.url(kind))
    require(done, 0, rf"300 messages of {size} bytes to bob in [\d.]+ s: 300 delivered, 0 not "
                     rf"delivered, 0 unknown\.\n\d+ messages/s, [\d.]+ MB/s, {in_flight} in flight\.\n"
                     r"Times in ms: min [\d.]+, median [\d.]+, 90th percentile [\d.]+, 99th [\d.]+, "
                     r"max [\d.]+\.")


# ---- for scripts -----------------------------------------------------------------------------


def test_json_is_valid_whatever_comes(folder):
    with Server("--json", "--unix", folder / "s") as bob:
        done = run("send", "--json", "--name", 'a"\\b', bob.url(), 'say "x"\\\n\x7f')
        said = objects(done.stdout)[0]
        assert said.pop("ms") > 0
        assert said == {"event": "outcome", "peer": "bob", "outcome": "delivered", "reason": ""}
        run("send", bob.url(), "-", text=b"\xff\xc3(")
        run("send", "--plain", bob.url("tcp", ""), JAPANESE)
        assert objects(run("send", "--plain", "--json", bob.url("tcp", ""), "x").stdout) == [
            {"event": "acknowledgement", "text": "Message received: x. Thank you."}]
        done = run("send", "--json", bob.url(name="/carol"), "x")
        assert objects(done.stdout)[0]["reason"] == "the node there is bob"
        heard = objects("\n".join(bob.rest()))
    assert {"event": "up", "peer": 'a"\\b'} in heard
    assert {"event": "message", "peer": 'a"\\b', "text": 'say "x"\\\n\x7f'} in heard
    assert any(one.get("text_hex") == "ffc328" for one in heard)
    assert any(one["event"] == "plain" and one["text"] == JAPANESE for one in heard)


def test_json_of_lines_and_bench(bob):
    said = objects(run("send", "--lines", "--json", bob.url(), "-",
                       text=b"x" * 5000 + b"\ny\n").stdout)
    assert said[0]["event"] == "outcome" and said[0]["line"] == 1
    assert (said[-1]["event"], said[-1]["delivered"], said[-1]["not_delivered"]) == ("summary", 1, 1)
    said = objects(run("bench", "--json", "-c", 50, bob.url()).stdout)
    assert (said[0]["delivered"], said[0]["unknown"]) == (50, 0)
    assert said[0]["min_ms"] <= said[0]["median_ms"] <= said[0]["p99_ms"] <= said[0]["max_ms"]


def test_who_reads_no_longer_ends_it_quietly(bob):
    done = subprocess.run(f"{MSGR} ping -i 0 {bob.url()} --json | head -n 1", shell=True,
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.stderr == ""


def test_disk_that_is_full_is_said(bob):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([MSGR, "send", bob.url(), "x"], stdout=full, stderr=subprocess.PIPE,
                              text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (1, "error: standard output: No space left on device\n")


def test_output_that_somebody_made_non_blocking_is_waited_for(bob):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with subprocess.Popen([MSGR, "ping", "-c", "2000", "-i", "0", "--json", bob.url()],
                          stdout=writing) as ping:
        os.close(writing)
        bob.wait_line(re.compile("Message from .*: ping 600 .*"))  # more than a pipe holds
        with os.fdopen(reading, "rb") as pipe:
            said = objects(pipe.read().decode())
        assert ping.wait(20) == 0
    assert said[-1]["delivered"] == 2000
