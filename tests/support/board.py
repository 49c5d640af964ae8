# SPDX-License-Identifier: BSD-3-Clause
"""A board under QEMU: started by sim/board, heard through its console, upset through its monitor."""

import contextlib
import fcntl
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

from support.node import ROOT, Program, deadline

BOARDS_FILE = ROOT / "port" / "boards" / "boards.cmake"
EMULATED = re.compile(r"^set\(qemu_(\S+) ([a-z0-9]+)", re.MULTILINE)
CONTROLLERS = dict(EMULATED.findall(BOARDS_FILE.read_text()))
BOARDS = list(CONTROLLERS)
NIC = {"stellaris": "stellaris_enet.0", "lan9118": "lan9118.0"}  # QEMU's names of controllers
TOOLS = ["arm-none-eabi-gcc", "qemu-system-arm"]
BUILD_BOUND_S = 240
BOOT_BOUND_S = 20
ADDRESS = "10.0.2.15"  # where QEMU's own network expects the board
HOST = "10.0.2.2"  # this machine, in that network
HOST6 = "fec0::2"  # and its ::1
POOL = re.compile(r"(.+): \d+ there, (\d+) used, .*")
PROMPT = b"(qemu) "


def missing_tools():
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def build(name):
    """Both firmwares of a board, as this tree has them."""
    run_build(name, ["cmake", "--preset", name], ["cmake", "--build", "--preset", name])


def run_build(folder, *commands):
    """What builds there. Another test may want the same now."""
    builds = ROOT / "build"
    builds.mkdir(exist_ok=True)
    with open(builds / f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for command in commands:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=BUILD_BOUND_S
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def free_port():
    """A port that nobody has now, in TCP and UDP."""
    with socket.socket() as streams, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        streams.bind(("127.0.0.1", 0))
        datagrams.bind(streams.getsockname())
        return streams.getsockname()[1]


def is_given_back(now, before):
    """A message to nobody, of a rubbish line's, has a timer until its time is up."""
    timers = now["SYS_TIMEOUT"] - before["SYS_TIMEOUT"]
    return timers in (0, 1) and now == {**before, "SYS_TIMEOUT": now["SYS_TIMEOUT"]}


class Monitor:
    """QEMU's monitor: one command, one answer."""

    def __init__(self, path):
        self._left = deadline(BOOT_BOUND_S)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(self._left())
        self._socket.connect(path)
        self._read()

    def _read(self):
        text = b""
        while not text.endswith(PROMPT):
            piece = self._socket.recv(65536)
            assert piece, "the monitor has closed"
            text += piece
        return text

    def say(self, command):
        """It echoes each character with cursor movements; the answer is behind the first line."""
        self._socket.sendall(command.encode() + b"\n")
        answer = self._read().split(b"\r\n", 1)[1][: -len(PROMPT)]
        assert b"Error" not in answer, f"{command}: {answer}"
        return answer

    def close(self):
        self._socket.close()


class Board(Program):
    """sim/board with these words. Its console is stdout."""

    def __init__(self, name, *words, firmware="firmware", host=ADDRESS, prefix=24, dhcp=False):
        self.name = name
        self.host = host
        self._booted = 0
        self.folder = tempfile.TemporaryDirectory()
        self._monitor_path = str(pathlib.Path(self.folder.name) / "monitor")
        file = ROOT / "build" / name / f"{firmware}.elf" if "/" not in str(firmware) else firmware
        super().__init__(
            ROOT / "sim" / "board", name, "--firmware", file,
            "--monitor", self._monitor_path,
            "--set", "address=dhcp" if dhcp else f"address={host}/{prefix}", *words, stdin=True,
        )
        self._is_checked = True  # it is ended by force, always

    def _take(self, stream, data):
        super()._take(stream, data.replace(b"\r", b""))

    def wait_banner(self, reason="power on"):
        """It says what it is, and why it was reset."""
        self.wait_line(re.compile(f".*{re.escape(self.name)}.*"), bound_s=BOOT_BOUND_S)
        self._booted = self._next - 1
        self.wait_said(f"after {reason}.")

    def wait_boot(self, reason="power on"):
        """It says why it was reset, and serves at its address."""
        self.wait_banner(reason)
        self.wait_said(f"Address {self.host}/")
        self.wait_line("Listening for client.")
        self.wait_line(re.compile("Socket bound to address .*"))
        return self

    def _has_said(self, text):
        return any(text in line for line in self.lines()[self._booted :])

    def wait_said(self, text):
        """In one of the lines since it booted."""
        self._wait(repr(text), lambda: self._has_said(text), BOOT_BOUND_S)

    def says(self, text, bound_s):
        """Does it, so soon?"""
        with self._news:
            return self._news.wait_for(lambda: self._has_said(text), bound_s)

    def type(self, text):
        """A line."""
        self.press(text.encode() + b"\r")

    def press(self, keys):
        """These bytes, as they are."""
        self.process.stdin.write(keys)
        self.process.stdin.flush()

    def wait_echo(self, text):
        """This is all that has been said since the last whole line."""
        self._wait(repr(text), lambda: self._tails["stdout"] == text.encode(), BOOT_BOUND_S)

    def command(self, text, *wanted):
        """It shows the line, and says this to it."""
        self.type(text)
        self.wait_line(text)
        self.expect(*wanted)

    def stats(self):
        """What the command says."""
        self.type("stats")
        self.wait_line("stats")
        begin = self._next
        self.wait_line(re.compile("Frames: .*"))
        return self.lines()[begin : self._next]

    def pools(self):
        """How much of each of lwIP's pools is in use, and of its heap."""
        found = [POOL.fullmatch(line) for line in self.stats()]
        return {pool[1]: int(pool[2]) for pool in found if pool}

    def wait_pools(self, before):
        """All that was taken since is given back, some of it when a timer has said so."""
        left = deadline(BOOT_BOUND_S)
        while not is_given_back(now := self.pools(), before):
            assert left() > 1, f"not given back: {now}, {before} before"

    @contextlib.contextmanager
    def monitor(self):
        monitor = Monitor(self._monitor_path)
        try:
            yield monitor
        finally:
            monitor.close()

    def cable(self, is_in):
        """Pulls the cable, or puts it back."""
        with self.monitor() as monitor:
            monitor.say(f"set_link {NIC[CONTROLLERS[self.name]]} {'on' if is_in else 'off'}")

    def reset(self):
        with self.monitor() as monitor:
            monitor.say("system_reset")

    def __exit__(self, *error):
        super().__exit__(*error)
        self.folder.cleanup()


class ForwardedBoard(Board):
    """On QEMU's own network: .address leads to it, over TCP and UDP."""

    def __init__(self, name, *words, port=None, **options):
        port = port or free_port()
        self.address = ("127.0.0.1", port)
        super().__init__(
            name, "--tcp-port", port, "--udp-port", port, *words, **options
        )


# ---- a virtual wire --------------------------------------------------------------------------


@contextlib.contextmanager
def wire():
    """A wire's two ends, as options of sim/board; of msgr-sim too."""
    with tempfile.TemporaryDirectory() as folder:
        ends = [str(pathlib.Path(folder) / end) for end in "ab"]
        yield ["--wire", ",".join(ends)], ["--wire", ",".join(reversed(ends))]


def link_local(mac):
    """RFC 4291, appendix A: of the interface with this MAC address."""
    parts = [int(part, 16) for part in mac.split(":")]
    parts[0] ^= 2
    words = [*parts[:3], 0xFF, 0xFE, *parts[3:]]
    groups = [f"{words[i] << 8 | words[i + 1]:x}" for i in range(0, 8, 2)]
    return "fe80::" + ":".join(groups)
