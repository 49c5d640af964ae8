# SPDX-License-Identifier: BSD-3-Clause
"""Plays a target's console, well or badly: fake_target.py MODE [--pty LINK]

A mode that goes wrong "in the middle" does so at the second `stats --json`: at the first the rig
looks whether it has booted well, and the second is a test's.

--pty LINK: the console is not standard input and output, but a terminal whose name LINK leads to;
"ready" says that it is there. It boots when `reset` is typed.
"""

import argparse
import fcntl
import json
import os
import struct
import sys
import time
import tty

BOOT_S = 2  # what the tests allow it, by boot_s
POWER_ON, SOFTWARE, WATCHDOG, FAULT = ("power on", "a reset by software",
                                       "a reset by the watchdog", "a fault")
TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 2, 0x1000  # linux/if_tun.h
SERVES = """\
lwIP 2.2.1, assertions on.
Address 10.77.0.2/24, fixed
Socket created.
Socket bound to address 10.77.0.2 and port number 9999
Listening for client.
Address fd77::2/64, preferred
Socket created.
Socket bound to address 10.77.0.2 and port number 9999
Framed messages for dut on port 9999.
"""
POOLS = ["lwIP heap, bytes", "UDP_PCB", "TCP_PCB", "TCP_PCB_LISTEN", "TCP_SEG", "SYS_TIMEOUT",
         "PBUF", "PBUF_POOL"]
KILL_LINE = b"\x15"
FLOOD_LINES = b"all work and no play makes a dull target\n" * 1000
FLOOD_OF_ONE_LINE = b"x" * 60_000


class Target:
    """Does all well; each mode is a kind of it that does not."""

    is_plugged_in = True

    def __init__(self, read_fd=0, write_fd=1):
        self._read_fd, self._write_fd = read_fd, write_fd
        self._typed = b""
        self.asked = 0  # for stats
        self.pbufs = 0

    def say(self, text):
        self.say_bytes(text.encode())

    def say_bytes(self, data):
        while data:
            data = data[os.write(self._write_fd, data):]

    def flood(self, data):
        while True:
            self.say_bytes(data)

    def banner(self, reason):
        self.say(f"lwip-messenger 0.1.0 on a fake, after {reason}.\n")

    def boot(self, reason=POWER_ON):
        self.banner(reason)
        self.say(SERVES)

    def run(self):
        while data := os.read(self._read_fd, 4096):
            *lines, self._typed = (self._typed + data).replace(b"\r", b"\n").split(b"\n")
            for line in lines:
                line = line.rpartition(KILL_LINE)[2]
                if line == b"stats --json":
                    self.asked += 1
                    self.answer()
                elif line == b"reset":
                    self.boot(SOFTWARE)

    def answer(self):
        if self.asked > 1:
            self.answer_in_the_middle()
        else:
            self.stats()

    def answer_in_the_middle(self):
        self.stats()

    def stats(self):
        for one in self.objects():
            self.say(json.dumps(one) + "\n")

    def objects(self):
        yield {"event": "target", "version": "0.1.0", "board": "a fake", "reset": POWER_ON}
        yield {"event": "memory", "ram": 0, "ram_used": 0, "stack": 0, "stack_used_at_most": 0}
        for name in POOLS:
            used = self.pbufs if name == "PBUF" else 1
            yield {"event": "pool", "name": name, "there": 99, "used": used, "used_at_most": used,
                   "times_none_left": 0}
        yield {"event": "tcp", "time_wait": 0}
        yield {"event": "stats", "slots": 9, "slots_used": 0, "slots_used_at_most": 0}
        yield {"event": "frames", "received": 1, "sent": 1}


# ---- that do not boot ------------------------------------------------------------------------


class Silent(Target):
    def boot(self, reason=POWER_ON):
        pass


class Rubbish(Target):
    def boot(self, reason=POWER_ON):
        self.say_bytes(b"\x00\xff\xfe~\x1b[2J rubbish\n\xf0\x9f")


class Late(Target):
    def boot(self, reason=POWER_ON):
        time.sleep(1.5 * BOOT_S)
        super().boot()


class LittleLate(Target):
    def boot(self, reason=POWER_ON):
        time.sleep(0.4 * BOOT_S)
        super().boot()


class Flood(Target):
    def boot(self, reason=POWER_ON):
        self.flood(FLOOD_LINES)


class FloodOfOneLine(Target):
    def boot(self, reason=POWER_ON):
        self.flood(FLOOD_OF_ONE_LINE)


class ResetsAllTheTime(Target):
    def boot(self, reason=POWER_ON):
        self.banner(POWER_ON)
        while True:
            for again in WATCHDOG, FAULT:
                time.sleep(0.02)
                self.banner(again)


class EndsAtOnce(Target):
    def boot(self, reason=POWER_ON):
        self.say("fake-emulator: cannot open the firmware\n")
        sys.exit(7)


class NoServices(Target):
    def boot(self, reason=POWER_ON):
        self.banner(reason)


# ---- that boot -------------------------------------------------------------------------------


class Mute(Target):
    def answer(self):
        pass


class BrokenJson(Target):
    def stats(self):
        self.say('{"event":"target","version":\n')


class Leaks(Target):
    def stats(self):
        self.pbufs += 1
        super().stats()


class EndsInTheMiddle(Target):
    def answer_in_the_middle(self):
        self.say("fake: assertion failed\n")
        sys.exit(7)


class FloodsInTheMiddle(Target):
    def answer_in_the_middle(self):
        self.flood(FLOOD_LINES)


class ResetsInTheMiddle(Target):
    def answer_in_the_middle(self):
        self.stats()
        if self.asked == 2:
            self.boot(WATCHDOG)


class Unplugged(Target):
    is_plugged_in = False


class LeavesChild(Target):
    """Out of reach, with the console in its hands."""

    def boot(self, reason=POWER_ON):
        if os.fork() == 0:
            os.setsid()
            self.say(f"child {os.getpid()}\n")
            time.sleep(600)


MODES = {kind.__name__: kind for kind in [Target, *Target.__subclasses__()]}


def run_at_pty(kind, link):
    master, slave = os.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), link)
    print("ready", flush=True)
    kind(master, master).run()


def run_here(kind):
    """In the suite's private network: while the TAP device is open, there is a link."""
    if kind.is_plugged_in and "MSGR_LAN" in os.environ:
        tap = os.open("/dev/net/tun", os.O_RDWR)
        fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH", b"tap0", IFF_TAP | IFF_NO_PI))
    target = kind()
    target.boot()
    target.run()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--pty")
    options = parser.parse_args()
    if options.pty:
        run_at_pty(MODES[options.mode], options.pty)
    else:
        run_here(MODES[options.mode])


if __name__ == "__main__":
    main()
