# SPDX-License-Identifier: BSD-3-Clause
"""What sim/lan promises: a private network for as long as COMMAND runs, and nothing after.

The proof that nothing is left is a pipe, the leash: every process below sim/lan inherits its
write end, so its read end comes to an end when the last of them is gone, and not before.
"""

import os
import pathlib
import pty
import re
import select
import signal
import socket
import subprocess

import pytest

LAN = str(pathlib.Path(__file__).resolve().parents[2] / "sim" / "lan")
BOUND_S = 10
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
LINGERING = "sleep 1000 & setsid sleep 1000 & echo ready;"


def run(*arguments, **options):
    return subprocess.run(
        [LAN, *arguments], capture_output=True, text=True, timeout=BOUND_S, **options
    )


@pytest.fixture(scope="module", autouse=True)
def possible_here():
    probe = run("0", "true")
    if probe.returncode == 77:
        pytest.skip(probe.stderr)


def wait_readable(fd, bound_s=BOUND_S):
    return bool(select.select([fd], [], [], bound_s)[0])


class Lan:
    """A running sim/lan, on a leash."""

    def __init__(self, *arguments):
        self.leash, held = os.pipe()
        self.process = subprocess.Popen(
            [LAN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[held],
            start_new_session=True,
        )
        os.close(held)

    def line(self):
        assert wait_readable(self.process.stdout), "COMMAND said nothing"
        return self.process.stdout.readline().decode().strip()

    def ends_whole(self):
        """Waits until every process has gone; returns the exit status of sim/lan."""
        assert wait_readable(self.leash), "something still runs"
        assert os.read(self.leash, 1) == b""
        return self.process.wait(BOUND_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(BOUND_S)
        self.process.stdin.close()
        self.process.stdout.close()
        os.close(self.leash)


@pytest.mark.parametrize("status", [0, 1, 77, 255])
def test_exit_status_of_command_is_passed_on(status):
    assert run("0", "--", "sh", "-c", f"exit {status}").returncode == status


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGTERM])
def test_signal_that_ended_command_is_told_without_a_word(number):
    ended = run("0", "sh", "-c", f"kill -{number.value} $$")
    assert (ended.returncode, ended.stderr) == (128 + number, "")


def test_stdin_is_the_commands():
    assert run("0", "cat", input="a line\n").stdout == "a line\n"


def test_arguments_arrive_as_they_are():
    words = ["", "two words", "*", "$HOME", "'", "--help"]
    assert run("0", "printf", "<%s>", *words).stdout == "".join(f"<{w}>" for w in words)


def test_command_is_told_that_it_is_inside_and_is_not_process_1():
    first, second = run("0", "sh", "-c", "echo $MSGR_LAN; echo $$").stdout.split()
    assert first == "1"
    assert int(second) > 1


def test_addresses_are_there_at_once():
    shown = run("1", "ip", "-oneline", "address", "show", "dev", "br0").stdout
    assert "inet 10.77.0.1/24" in shown
    assert "inet6 fd77::1/64" in shown
    assert "tentative" not in shown


def test_routes_go_to_the_bridge():
    shown = run("1", "sh", "-c", "ip route; ip -6 route").stdout
    assert "10.77.0.0/24 dev br0" in shown
    assert "fd77::/64 dev br0" in shown


@pytest.mark.parametrize("n", [0, 1, 2, 64])
def test_taps_are_up_and_ports_of_the_bridge(n):
    shown = run(str(n), "ip", "-oneline", "link", "show", "master", "br0").stdout
    ports = [line.split(": ")[1] for line in shown.splitlines() if "UP" in line]
    assert ports == [f"tap{i}" for i in range(n)]


FRAME_BY_NAME = """
import fcntl, os, select, struct
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", b"tap0", 0x1002))  # TUNSETIFF: TAP, no header
who_has = bytes.fromhex("0001 0800 0604 0001 020000770002 0a4d0002 000000000000 0a4d0001")
frame = b""
while frame[12:14] != b"\\x08\\x06":  # a frame can be lost before the bridge sees the port open
    os.write(tap, b"\\xff" * 6 + bytes.fromhex("020000770002 0806") + who_has)
    if select.select([tap], [], [], 0.1)[0]:
        frame = os.read(tap, 2000)
print(frame[22:28].hex())
"""


def test_tap_opens_by_name_and_the_host_end_answers_on_it():
    assert run("1", "python3", "-c", FRAME_BY_NAME).stdout.strip() == "020000770001"


def test_impaired_nodes_are_on_a_bridge_of_their_own():
    shown = run("2", "--impair", "later", "--", "ip", "-oneline", "link").stdout
    ports = dict(re.findall(r": (\w+):.* master (br\d)", shown))
    assert ports == {"tap0": "br1", "tap1": "br1", "impair0": "br0", "impair1": "br1"}


def test_impairer_is_ready_before_command_and_says_at_the_end_what_it_did():
    ended = run("1", "--impair", "--loss 100% --seed 1", "sh", "-c", "echo between >&2; exit 5")
    ready, between, counters = ended.stderr.splitlines()
    assert (ended.returncode, between) == (5, "between")
    assert ready == "Ready: A is tap:impair0, B is tap:impair1; seed 1."
    assert re.fullmatch(r"\d+\.\d s \| ab: .*, 0 passed, .* \| ba: .*, 0 passed, .*", counters)


@pytest.mark.parametrize("options", [["--impair", "--loss 20"], ["--impair", ""], ["--impair"]])
def test_wrong_options_of_the_impairer_are_told(options):
    refused = run("1", *options, "true")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("error: ")


# ---- a real interface ------------------------------------------------------------------------

# Played by one end of a veth pair, in namespaces of the test's own; the other end, `board`, stays.
WITH_VETH = """
mount -t sysfs sysfs /sys
ip link set lo up
ip link add eth9 type veth peer name board
ip address add 10.77.0.9/24 dev board
ip link set board up
"""
CONNECT = """
import socket
try:
    socket.create_connection(("10.77.0.9", 9), 10)
except ConnectionRefusedError:
    print("refused")
"""
HAS_IPV6 = "/proc/sys/net/ipv6/conf/eth9/disable_ipv6"


def run_beside_veth(script, *arguments):
    """A shell's script, in which "$@" is sim/lan with these arguments."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to move a network interface")
    return subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-ec", WITH_VETH + script, "sh", LAN, *arguments],
        capture_output=True, text=True, timeout=2 * BOUND_S,
    )


@pytest.mark.parametrize("options, bridge", [
    ([], "br0"), (["--impair", "later"], "br1"), (["--impair", "--seed 1"], "br1")])
def test_real_interface_is_one_more_port_of_the_nodes_bridge(options, bridge):
    look = f"ip -oneline link show dev eth9; cat {HAS_IPV6}"
    shown = run_beside_veth('"$@"', "1", "--interface", "eth9", *options, "sh", "-c", look)
    link, is_off = shown.stdout.splitlines()
    assert f"master {bridge} " in link and ",UP," in link, shown
    assert is_off == "1", "IPv6 is off on a port"


@pytest.mark.parametrize("options", [[], ["--impair", "--seed 1"]])
def test_who_is_at_a_real_interfaces_other_end_is_in_the_private_network(options):
    ended = run_beside_veth('"$@"', "0", *options, "--interface", "eth9", "python3", "-c", CONNECT)
    assert (ended.returncode, ended.stdout) == (0, "refused\n"), ended.stderr


def test_real_interface_is_given_back_switched_off():
    ended = run_beside_veth(
        '"$@" || echo $?; ip -oneline link show dev eth9', "0", "--interface", "eth9", "sh", "-c",
        "exit 5")
    status, link = ended.stdout.splitlines()
    assert status == "5" and ",UP" not in link and "master" not in link


def test_command_has_no_way_to_the_hosts_network():
    look = "readlink /proc/$$/fd/* /proc/self/ns/net | grep -c net:"
    assert run_beside_veth('"$@"', "0", "--interface", "eth9", "sh", "-c", look).stdout == "1\n"


@pytest.mark.parametrize("before, name, reason", [
    ("", "eth8", "there is no such network interface"),
    ("", "board", "it has the address 10.77.0.9/24"),
    ("ip address add fd01::1/64 dev eth9 nodad", "eth9", "it has the address fd01::1/64"),
    ("ip route add default via 10.77.0.1", "board", "default route"),
    ("ip link set eth9 up; ip -6 route add default dev eth9", "eth9", "default route"),
    ("ip link add br9 type bridge; ip link set eth9 master br9", "eth9", "br9 is made of it"),
    ("ip link add br0 type bridge", "br0", "has an interface of that name itself"),
    ("", "lo", "has an interface of that name itself"),
])
def test_interface_that_is_in_use_is_refused_and_stays(before, name, reason):
    script = f'{before}\nip link >&2; "$@" || echo "status $?"; ip link >&2'
    refused = run_beside_veth(script, "0", "--interface", name, "echo", "command ran")
    assert refused.stdout == "status 2\n"
    before, said, after = re.split(r"^(error: .*\n(?:[^\d].*\n)*)", refused.stderr,
                                   flags=re.MULTILINE)
    assert said.startswith(f"error: {name}: ") and reason in said
    assert before == after


def test_ordinary_user_may_not_move_an_interface(tmp_path):
    refused = run_as_nobody("666", tmp_path, "0", "--interface", "eth9", "true")
    if "unshare" in refused.stderr:
        pytest.skip(f"user namespaces are not allowed here: {refused.stderr}")
    assert refused.returncode == 2
    assert refused.stderr == "error: eth9: only root may move a network interface: sudo sim/lan …\n"


def test_interface_without_a_name_is_an_error_with_usage():
    refused = run("0", "--interface")
    assert refused.returncode == 2
    assert "usage: sim/lan N" in refused.stderr


# ---- the rest --------------------------------------------------------------------------------


def test_loopback_works():
    assert "LOOPBACK,UP" in run("0", "ip", "link", "show", "lo").stdout


def test_two_at_once_do_not_collide_and_the_outside_sees_neither():
    outside = socket.if_nameindex()
    wait_for_word = "ip -brief link | cut -d' ' -f1 | sort | tr '\\n' ' '; echo; read word"
    with Lan("2", "sh", "-c", wait_for_word) as one, Lan("2", "sh", "-c", wait_for_word) as other:
        assert one.line() == other.line() == "br0 lo tap0 tap1"
        assert socket.if_nameindex() == outside
        for lan in one, other:
            lan.process.stdin.write(b"go\n")
            lan.process.stdin.flush()
            assert lan.ends_whole() == 0
    assert socket.if_nameindex() == outside


def test_nothing_is_left_of_what_command_had_in_the_background():
    with Lan("1", "sh", "-c", LINGERING + "exit 5") as lan:
        assert lan.ends_whole() == 5


def test_nothing_is_left_when_command_crashes():
    with Lan("1", "sh", "-c", LINGERING + "kill -SEGV $$") as lan:
        assert lan.ends_whole() == 128 + signal.SIGSEGV


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_is_left_after_a_signal_and_command_got_it(number):
    with Lan("1", "sh", "-c", LINGERING + "exec sleep 1000") as lan:
        assert lan.line() == "ready"
        lan.process.send_signal(number)
        assert lan.ends_whole() == 128 + number


def test_nothing_is_left_after_sigkill():
    with Lan("1", "sh", "-c", LINGERING + "exec sleep 1000") as lan:
        assert lan.line() == "ready"
        lan.process.kill()
        assert lan.ends_whole() == -signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("after_ms", range(0, 60, 3))
def test_signal_at_any_moment_of_the_start_ends_it(number, after_ms):
    with Lan("1", "sleep", "1000") as lan:
        assert not wait_readable(lan.leash, after_ms / 1000)
        lan.process.send_signal(number)
        assert lan.ends_whole() in (-number, 128 + number)


def test_command_may_take_its_time_after_sigterm():
    finish = "trap 'echo finished; exit 6' TERM; echo ready; while :; do read word; done"
    with Lan("1", "sh", "-c", finish) as lan:
        assert lan.line() == "ready"
        lan.process.terminate()
        assert lan.line() == "finished"
        assert lan.ends_whole() == 6


COUNT_INTERRUPTS = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
print("ready", flush=True)
signal.sigwait([signal.SIGINT])
sys.exit(4 if signal.sigtimedwait([signal.SIGINT], 0.3) else 3)
"""


def press_ctrl_c(terminal):
    said = b""
    while b"ready" not in said:
        assert wait_readable(terminal), "COMMAND said nothing"
        said += os.read(terminal, 100)
    os.write(terminal, b"\x03")


def test_ctrl_c_reaches_command_once():
    try:
        child, terminal = pty.fork()
    except OSError as error:
        pytest.skip(f"no terminal to be had here: {error}")
    if child == 0:
        os.execv(LAN, [LAN, "1", "python3", "-c", COUNT_INTERRUPTS])
    press_ctrl_c(terminal)
    ended = os.pidfd_open(child)
    assert wait_readable(ended), "sim/lan still runs"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
    os.close(ended)
    os.close(terminal)


def test_sigint_to_sim_lan_alone_reaches_command_once():
    with Lan("1", "python3", "-c", COUNT_INTERRUPTS) as lan:
        assert lan.line() == "ready"
        lan.process.send_signal(signal.SIGINT)
        assert lan.ends_whole() == 3


@pytest.mark.parametrize("n", ["", "-1", "65", "007", "1.5", "many", "99999999999999999999"])
def test_bad_number_of_taps_is_an_error_with_usage(n):
    refused = run(n, "true")
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: ")
    assert "usage: sim/lan N" in refused.stderr


@pytest.mark.parametrize("arguments", [[], ["1"], ["1", "--"]])
def test_missing_argument_is_an_error_with_usage(arguments):
    refused = run(*arguments)
    assert refused.returncode == 2
    assert "usage: sim/lan N" in refused.stderr


def test_unknown_command_is_127():
    refused = run("1", "no-such-command-anywhere")
    assert refused.returncode == 127
    assert "error: no-such-command-anywhere" in refused.stderr


def run_as_nobody(device_mode, folder, *arguments):
    """Runs sim/lan as an ordinary user who finds /dev/net/tun with this mode."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    if subprocess.run(["unshare", "--mount", "true"]).returncode != 0:
        pytest.skip("needs a mount namespace, for a /dev/net/tun of its own")
    if subprocess.run([*NOBODY, "test", "-x", LAN]).returncode != 0:
        pytest.skip(f"another user cannot reach {LAN}")
    swap = (
        'mount -t tmpfs none "$0" && mknod -m "$1" "$0/tun" c 10 200 &&'
        ' mount --bind "$0/tun" /dev/net/tun && shift && exec "$@"'
    )
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", swap, folder, device_mode, *NOBODY, LAN, *arguments],
        capture_output=True,
        text=True,
        timeout=BOUND_S,
        cwd="/",
    )


def test_user_without_tap_devices_is_told_the_way_without_privileges(tmp_path):
    refused = run_as_nobody("600", tmp_path, "1", "true")
    assert refused.returncode == 77
    assert "may not open /dev/net/tun" in refused.stderr
    assert "msgr-sim --wire PATH" in refused.stderr


def test_ordinary_user_has_the_same_network(tmp_path):
    ended = run_as_nobody("666", tmp_path, "1", "python3", "-c", FRAME_BY_NAME)
    if "unshare" in ended.stderr:
        pytest.skip(f"user namespaces are not allowed here: {ended.stderr}")
    assert (ended.stderr, ended.stdout.strip()) == ("", "020000770001")
