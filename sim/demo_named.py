# SPDX-License-Identifier: BSD-3-Clause
"""The second act of sim/demo: named nodes, a bad network, a power cut, and outcomes that are true.

usage: demo_named.py [BOARD]

alice is a simulator node; bob is BOARD's firmware under QEMU, or a simulator node, too. Between them
stands msgr-impair. Needs no privileges.
"""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from demo import ROOT, SIM, Side

IMPAIR = ROOT / "build/release/sim/msgr-impair"
LOSS = "20%"
DEADLINE_MS = 2000
BOUND_S = 30
HOSTS = {"alice": "10.0.2.2", "bob": "10.0.2.15"}  # where QEMU's boards expect to be
RESULT = re.compile(r"\d+ messages to bob: (\d+) delivered, (\d+) not delivered, (\d+) unknown; .*")
PING = re.compile(r"Message from alice: ping (\d+) .*")


class Console(Side):
    """A node's or a board's: what it says, and what is typed. Its scene prints what matters."""

    def __init__(self, name, command):
        super().__init__([str(word) for word in command], stdin=subprocess.PIPE)
        self.name = name
        self.seen = 0  # lines that have been waited for

    def type(self, line, shown=True):
        if shown:
            print(f"  {self.name}> {line}")
        with contextlib.suppress(BrokenPipeError):  # it has ended: the missing answer tells
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()

    def said(self):
        return [line.rstrip("\r") for line in self.lines]

    def wait(self, pattern, shown=True):
        """The next line that is this, printed; None: it did not come."""
        self.deadline = time.monotonic() + BOUND_S
        pattern = re.compile(pattern)
        while True:
            lines = self.said()
            for at in range(self.seen, len(lines)):
                if pattern.fullmatch(lines[at]):
                    self.seen = at + 1
                    if shown:
                        print(f"  {self.name + ':':<7}{lines[at]}", flush=True)
                    return lines[at]
            if not self._read():
                print(f"  {self.name} does not say: {pattern.pattern}")
                return None

    def end(self):
        self.process.kill()
        self.process.wait()


class Stage:
    """alice, the network, and bob, who may lose his power."""

    def __init__(self, folder, board):
        self.board = board
        self.paths = [str(pathlib.Path(folder) / name) for name in ("alice", "a", "b", "bob")]
        alice, a, b, bob = self.paths
        self.network = Console("network", [IMPAIR, f"wire:{a},{alice}", f"wire:{b},{bob}",
                                           "--loss", LOSS, "--spare-arp"])
        self.alice = Console("alice", [
            SIM, "--wire", f"{alice},{a}", "--address", f"{HOSTS['alice']}/24", "node", "--no-dad",
            "--name", "alice", "--connect", f"udp://{HOSTS['bob']}", "--deadline", DEADLINE_MS])
        self.bob = None

    def power_on(self):
        *_, b, bob = self.paths
        if self.board:
            words = [ROOT / "sim/board", self.board, "--wire", f"{bob},{b}",
                     "--set", f"address={HOSTS['bob']}/24", "--set", "name=bob"]
        else:
            words = [SIM, "--wire", f"{bob},{b}", "--address", f"{HOSTS['bob']}/24",
                     "node", "--no-dad", "--name", "bob"]
        self.bob = Console("bob", words)

    def cut_power(self):
        self.bob.end()
        while self.bob._read():  # what it had said
            pass

    def close(self):
        for program in self.alice, self.bob, self.network:
            if program is not None:
                program.end()


# ---- the scenes ------------------------------------------------------------------------------


def one_message(stage):
    stage.alice.type("send bob Hello, bob")
    return (
        stage.bob.wait("Message from alice: Hello, bob")
        and stage.alice.wait("Message 1 to bob: delivered.")
    )


def many_messages(stage):
    stage.alice.type("ping bob 100")
    line = stage.alice.wait(RESULT)
    return (
        line
        and stage.alice.wait("Until delivered: .*")
        and stage.bob.wait("Message from alice: ping 100 .*", shown=False)
        and RESULT.fullmatch(line).groups() == ("100", "0", "0")
    )


def power_cut(stage):
    """What alice was told is compared with what bob's console has shown."""
    before = stage.bob.seen
    stage.alice.type("ping bob 1000 64 4")
    if not stage.bob.wait(r"Message from alice: ping 40 .*", shown=False):
        return False
    print("  bob loses his power")
    stage.cut_power()
    stage.alice.type("ping stop")
    line = stage.alice.wait(RESULT)
    shown = [PING.fullmatch(said) for said in stage.bob.said()[before:]]
    count = len([ping for ping in shown if ping])
    print(f"  (bob's console had shown {count} of them)")
    if not line:
        return False
    delivered, _, unknown = map(int, RESULT.fullmatch(line).groups())
    return delivered <= count <= delivered + unknown


def return_of_bob(stage):
    print("  bob has his power again")
    stage.power_on()
    return (
        stage.alice.wait(r"bob is down: .*")
        and stage.alice.wait("bob is up.")
        and stage.alice.type("send bob Welcome back") is None
        and stage.bob.wait("Message from alice: Welcome back")
        and stage.alice.wait(r"Message \d+ to bob: delivered.")
    )


SCENES = [
    ("A message", one_message),
    (f"100 messages, one after the other, {LOSS} of all frames lost each way", many_messages),
    ("A power cut in the middle: every message has one outcome, and it is true", power_cut),
    ("It goes on", return_of_bob),
]


def main():
    board = sys.argv[1] if len(sys.argv) > 1 else None
    what = f"{board} under QEMU" if board else "a simulator node"
    print(f"\nNamed nodes, over UDP: alice is a simulator node, bob {what}.")
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(folder, board)
        try:
            stage.power_on()
            good = [bool(stage.alice.wait("bob is up.", shown=False))]
            for number, (title, scene) in enumerate(SCENES, 1):
                print(f"\n{number} of {len(SCENES)}, {title}:\n")
                good.append(bool(scene(stage)))
                if not good[-1]:
                    print("  WRONG")
        finally:
            stage.close()
    if all(good):
        print("\nAll was as it should be.")
        return 0
    print("\nSomething went wrong.")
    return 1


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main())
