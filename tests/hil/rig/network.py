# SPDX-License-Identifier: BSD-3-Clause
"""The private network between this computer and the target, made by sim/lan 1 --impair later:

    this computer (br0) -- the simulator's impairer -- br1 -- the target (tap0, or a real interface)
"""

import os
import pathlib
import re
import shutil
import subprocess
import time

from rig.outside import is_private
from rig.verdict import BenchFault, TargetFault
from support import lan
from support.dnsmasq import DHCP, ROUTER, Dnsmasq
from support.impair import Impairer
from support.node import Program

INTERFACE = os.environ.get("MSGR_HIL_INTERFACE", "tap0")  # the target's side of br1
CAPTURE_MB = 20  # of one test; twice that, and the oldest is forgotten
NEIGHBOUR_S = 20
IMPAIRER_TROUBLE = (AssertionError, OSError, ValueError, KeyError)


class Network:
    def __init__(self):
        if "MSGR_LAN" not in os.environ or not is_private():
            raise BenchFault("no private network: start tests/hil/run, which makes one")
        try:
            # A lost ARP request costs a second, and says nothing of the target.
            self.impairer = Impairer("tap:impair0", "tap:impair1", "--seed", "1", "--spare-arp")
        except IMPAIRER_TROUBLE as error:
            raise BenchFault(f"the impairer does not start: {error}") from error

        self._server = None

    def close(self):
        self.impairer.kill()
        if self._server is not None:
            self._server.kill()

    # ---- the impairer ----

    def impair(self, settings):
        """{"loss": "20%", "delay": "5ms"}, both ways."""
        for name, value in settings.items():
            self._command(f"{name} {value}")

    def clear(self):
        """As a good cable is."""
        if self.impairer.process.poll() is not None:
            raise BenchFault(f"the impairer is gone:\n{self.impairer}")
        self._command("clear")
        self._command("mend")

    def _command(self, line):
        try:
            self.impairer.command(line)
        except IMPAIRER_TROUBLE as error:
            raise BenchFault(f"the impairer does not do {line!r}:\n{self.impairer}") from error

    def lose_all(self, way):
        """Until clear(). "ab" is towards the target, "ba" from it."""
        self._command(f"{way} loss 100%")

    def counters(self):
        """The impairer's, of both ways."""
        try:
            return self.impairer.counters()
        except IMPAIRER_TROUBLE as error:
            raise BenchFault(f"the impairer tells no counters:\n{self.impairer}") from error

    def lost(self, way):
        """How many frames of that way, so far."""
        return self.counters()[way]["lost"]

    def cut(self):
        self._command("cut")

    def mend(self):
        self._command("mend")

    def wait_neighbour(self, address, bound_s=NEIGHBOUR_S):
        """Frames pass between this end and the target; its hardware address."""
        try:
            return lan.wait_neighbour(address, bound_s=bound_s)
        except AssertionError as error:
            raise TargetFault(f"{error} within {bound_s:g} s") from error

    def mac_of(self, address):
        """02:10:00:00:00:01"""
        return self.wait_neighbour(address).hex(":")

    def retry(self, bound_s, what, work):
        """Until work() is true; it may also fail, as what is not answered does."""
        end_s = time.monotonic() + bound_s
        while True:
            try:
                if work():
                    return
                why = "another answer came"
            except OSError as error:
                why = error
            if time.monotonic() > end_s:
                raise TargetFault(f"{what} did not come within {bound_s} s: {why}")

    def check_link(self):
        """The target's cable is in."""
        try:
            carrier = pathlib.Path(f"/sys/class/net/{INTERFACE}/carrier").read_text(encoding="ascii")
        except FileNotFoundError:
            raise BenchFault(f"{INTERFACE} is gone") from None
        except OSError:
            return  # pulled by a test
        if carrier.strip() == "0":
            raise BenchFault(f"no link at {INTERFACE}: is the target's cable in it "
                             "(tests/hil/run --interface), and its Ethernet chip at work?")

    def keep_dhcp(self):
        """A DHCP server and a router's advertisements, for the whole session."""
        self._server = start_server(*DHCP, *ROUTER)

    def dhcp(self):
        """A DHCP server, while it is entered."""
        return start_server(*DHCP)


def start_server(*words):
    if shutil.which("dnsmasq", path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        raise BenchFault("dnsmasq is missing: sim/setup test")
    try:
        return Dnsmasq(*words)
    except AssertionError as error:
        raise BenchFault(f"dnsmasq does not start: {error}") from error


class Capture(Program):
    """All frames at the target's interface, in a file, from the moment on that it is made."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        program = shutil.which("tcpdump", path="/usr/sbin:/usr/bin:/sbin:/bin")
        if program is None:
            raise BenchFault("tcpdump is missing: sim/setup test")
        # Immediately: else the last second, of all, would still be the kernel's when it is ended.
        super().__init__(program, "-i", INTERFACE, "--immediate-mode", "-U", "-n", "-s", "0",
                         "-Z", "root", "-C", CAPTURE_MB, "-W", "2", "-w", self.path)
        try:
            self.wait_error(re.compile(".*listening on.*"))
        except AssertionError:
            self.kill()
            raise BenchFault(f"no capture:\n{self}") from None

    def stop(self, is_wanted):
        """Keeps the file if it is wanted."""
        self.process.terminate()
        try:
            self.wait_end()
        except AssertionError as error:
            raise BenchFault(f"the capture does not end:\n{self}") from error
        finally:
            self.kill()
        self.process.stdout.close()
        self.process.stderr.close()
        parts = sorted(self.path.parent.glob(f"{self.path.name}[01]"),
                       key=lambda part: part.stat().st_mtime)
        if is_wanted and parts:
            merge(parts, self.path)
        for part in parts:
            part.unlink()


def merge(parts, path):
    """Captures, one after the other; where they cannot be joined, they stay what they are."""
    if len(parts) == 1:
        parts[0].rename(path)
        parts.clear()
        return
    words = ["mergecap", "-a", "-F", "pcap", "-w", path, *parts]
    if shutil.which(words[0]) is None or subprocess.run(words, check=False).returncode != 0:
        parts.clear()
