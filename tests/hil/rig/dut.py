# SPDX-License-Identifier: BSD-3-Clause
"""The device under test: booted, spoken to, and asked whether it is well."""

import contextlib
import re
import time

from rig import stats
from rig.console import Console
from rig.verdict import BenchFault, TargetFault

BANNER = re.compile(r".*lwip-messenger (\S+) on (.+), after (.+)\.")
ADDRESS = re.compile(r"Address ([0-9a-f.:]+)/(\d+), (.*)")
FRAMED = re.compile(r"Framed messages for (.+) on port (\d+)\.")
DEFAULTS = {"name": "dut", "address": "10.77.0.2/24", "address6": "fd77::2/64"}
POWER_ON, SOFTWARE = "power on", "a reset by software"
KILL_LINE = "\x15"  # Ctrl-U: what has been typed so far is forgotten
RESETS = 3  # so many banners for one boot: it resets all the time
LOOK_S = 0.25
LINGER_S = 75  # fragments of IPv6 are kept for 60 s (RFC 8200, 4.5); others less


class Dut:
    """bench: rig.provider's; network: rig.network's; log: a text file for the console."""

    def __init__(self, bench, network, log):
        self.bench, self.network = bench, network
        self.facts, self.name = bench.facts, bench.name
        self.port = 9999
        self.peer_name = None  # in framed messages
        self.version = None
        self.address = self.address6 = None
        self.boots = []  # reasons
        self._booted = 0  # the console's line
        self._expected_boots = 0
        self._settings = None  # those it was switched on with
        self._baselines = {}  # of each settings
        self.console = Console(bench.read, bench.write, log)

    def can(self, capability):
        return capability not in self.facts.lacks

    @property
    def boot_reason(self):
        """What boot() is to it."""
        return POWER_ON if self.can("power") else SOFTWARE

    def close(self):
        try:
            self.bench.power_off()
        finally:
            self.console.close()

    # ---- power ----

    def power_off(self):
        self.bench.power_off()
        self.console.end_line()

    def boot(self, **settings):
        """Off, on, and until it can be reached. Settings are those of DEFAULTS unless told."""
        self.power_off()
        self.power_on(**settings)
        self.wait_boot()

    def flash(self):
        """Afterwards it has power; it may have started, or wait to be switched off and on."""
        mark = self.console.mark()
        self.bench.flash()
        if not self.can("power"):
            with contextlib.suppress(TargetFault):
                self.console.wait_until(
                    "the banner", lambda: any(map(BANNER.fullmatch, self.console.lines_since(mark))),
                    self.facts.boot_s)

    def power_on(self, **settings):
        """From off; does not wait."""
        if not self.boots:
            self._expected_boots = len(self.all_reasons())  # it may have been on before
        self._booted = self.console.mark()
        self.console.skip()
        self.console.forgive()
        given = {**DEFAULTS, **settings} if self.can("settings") else {}
        given = {name: value for name, value in given.items() if value is not None}
        self._settings = tuple(given.items())
        self.bench.power_on(given)
        if not self.can("power"):
            self.console.type(KILL_LINE + "reset")

    def reset(self):
        """On its console; and until it can be reached."""
        self._booted = self.console.mark()
        self.console.type("reset")
        self.wait_boot(SOFTWARE)

    def wait_boot(self, reason=None):
        """Until it can be reached; and it was reset for that reason."""
        self._expected_boots += 1
        self.wait_banner(reason)
        self._wait_ready()

    def banners(self):
        """Since it was switched on: (version, board, reason)."""
        found = (BANNER.fullmatch(line) for line in self.console.lines_since(self._booted))
        return [banner.groups() for banner in found if banner]

    def wait_banner(self, reason=None):
        reason = reason or self.boot_reason
        start_s = time.monotonic()
        begin = self._booted
        try:
            self.console.wait_until("the banner", self.banners, self.facts.boot_s)
        except TargetFault:
            self.console.check()
            self._wait_late_banner(begin, start_s)
        self.version, board, why = self.banners()[0]
        self.boots.append(why)
        if self.can("reset_reason") and why != reason:
            raise TargetFault(f"{board} was reset for the wrong reason: {why}, not {reason}")

    def _wait_late_banner(self, begin, start_s):
        """Late, or never? Who never says anything may not be there at all."""
        try:
            self.console.wait_until("the banner", self.banners, self.facts.boot_s)
        except TargetFault:
            self.console.check()
            if not self.console.has_said(begin) and self.boots:
                raise TargetFault(
                    f"silent after power on, for {2 * self.facts.boot_s:g} s; it had booted "
                    f"{len(self.boots)} times on this bench") from None
            if not self.console.has_said(begin):
                raise BenchFault(
                    f"silent: nothing has come from the console in {2 * self.facts.boot_s:g} s. Is "
                    "the target powered, is this its console, is firmware on it?") from None
            raise TargetFault(f"it does not boot: no banner within {2 * self.facts.boot_s:g} s; the "
                              f"last that it said:\n{self.console.tail()}") from None
        raise TargetFault(f"it boots late: the banner came after {time.monotonic() - start_s:.1f} s, "
                          f"{self.facts.boot_s:g} s are allowed (boot_s)")

    def _wait_ready(self):
        """It has its addresses, serves, and answers; or is it the cable? One that has crashed, or
        does so all the time, may have no link because of that."""
        try:
            self._wait_services()
        except TargetFault:
            self.console.check()
            if not self._is_resetting():
                self.network.check_link()
            raise

    def _is_resetting(self):
        return len(self.banners()) >= RESETS

    def _has_address(self):
        """A link-local one is not enough: the other comes later."""
        self._learn()
        return self.address if self.can("ipv4") else self.address6

    def _wait_services(self):
        def is_ready():
            if self._is_resetting():
                return True
            lines = self.console.lines_since(self._booted)
            return (any(line.startswith("Socket bound to address") for line in lines[1:])
                    and "Listening for client." in lines
                    and self._has_address()
                    and (not self.can("framed") or any(map(FRAMED.fullmatch, lines))))

        self.console.wait_until("address and services", is_ready, self.facts.address_s)
        if self._is_resetting():
            reasons = ", ".join(banner[2] for banner in self.banners())
            raise TargetFault(f"it resets all the time: {len(self.banners())} times since it was "
                              f"switched on (after {reasons})")
        self._learn()
        if self.can("ipv4"):
            self.network.wait_neighbour(self.address, self.facts.address_s)

    def _learn(self):
        """From its lines: addresses and name."""
        self.address = self.address6 = self.peer_name = None
        for line in self.console.lines_since(self._booted):
            if found := ADDRESS.fullmatch(line):
                if ":" not in found[1]:
                    self.address = found[1]
                elif not found[1].startswith("fe80"):
                    self.address6 = found[1]
            elif found := FRAMED.fullmatch(line):
                self.peer_name, self.port = found[1], int(found[2])

    def origin_of(self, address):
        """What it said of where this address came from."""
        found = [ADDRESS.fullmatch(line) for line in self.console.lines_since(self._booted)]
        return [one[3] for one in found if one and one[1] == address]

    def wait_address6(self):
        """Its IPv6 address has no duplicate, and may be used."""
        def has_one():
            self._learn()
            return self.address6 and any("preferred" in one for one in self.origin_of(self.address6))

        self.console.wait_until("an IPv6 address", has_one, self.facts.address_s)

    def said(self, text):
        """In a line since it was switched on?"""
        return any(text in line for line in self.console.lines_since(self._booted))

    # ---- where it is ----

    def host(self, version="ipv4"):
        if version == "ipv6":
            self.wait_address6()
            return self.address6
        return self.address

    def at(self, version="ipv4"):
        """(address, port), as sockets take it."""
        return self.host(version), self.port

    def url(self, kind, version="ipv4"):
        host = self.host(version)
        host = f"[{host}]" if ":" in host else host
        return f"{kind}://{host}:{self.port}/{self.peer_name}"

    # ---- the cable ----

    def cut(self):
        if self.bench.cut is None:
            self.network.cut()
        else:
            self.bench.cut()

    def mend(self):
        if self.bench.mend is None:
            self.network.mend()
        else:
            self.bench.mend()

    # ---- is it well? ----

    def stats(self):
        """What it says of itself now."""
        mark = self.console.mark()
        self.console.type("stats --json")
        self.console.wait_until(
            "the end of stats --json", lambda: stats.parse(self.console.lines_since(mark)),
            self.facts.answer_s)
        return stats.parse(self.console.lines_since(mark))

    def wait_awake(self):
        """It takes a line, and answers: whatever rubbish has come before. What is typed faster than
        it reads may be lost, so it is typed again."""
        mark = self.console.mark()
        end_s = time.monotonic() + self.facts.answer_s
        while not stats.parse(self.console.lines_since(mark)):
            if time.monotonic() > end_s:
                raise TargetFault(f"it does not answer its console any more; the last that it "
                                  f"said:\n{self.console.tail()}")
            self.console.press(b"\rstats --json\r")
            self.console.wait_settled(LOOK_S, lambda: stats.parse(self.console.lines_since(mark)))

    def excuse_resets(self):
        """Those so far: they were in a test that has failed, and is over."""
        self._expected_boots = len(self.all_reasons())

    def all_reasons(self):
        """Why it was reset, each time since the session began."""
        return [banner[3] for banner in map(BANNER.fullmatch, self.console.lines()) if banner]

    def unexpected_reset(self):
        """In words, if it was reset otherwise than by the test since that was asked last."""
        reasons = self.all_reasons()
        if len(reasons) <= self._expected_boots:
            return None
        self._expected_boots = len(reasons)
        return f"it was reset, and by nobody: after {reasons[-1]}"

    def check_resets(self):
        """It was not reset but by the test."""
        if reset := self.unexpected_reset():
            raise TargetFault(reset)

    def check(self, bound_s=None):
        """It was not reset but by the test, and has given back what it took since it was idle
        first, with the same settings; it has some time for that."""
        bound_s = bound_s or self.facts.given_back_s
        end_s = time.monotonic() + bound_s
        while True:
            now = self.stats()
            self.check_resets()
            leaks = stats.leaked(now, self._baselines.setdefault(self._settings, now))
            if not leaks:
                return now
            if time.monotonic() > end_s:
                raise TargetFault(f"leaked, in use for {bound_s:g} s since the test's end: "
                                  f"{stats.in_words(leaks)}")
            self.console.wait_settled(LOOK_S, lambda: False)
