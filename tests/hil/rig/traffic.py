# SPDX-License-Identifier: BSD-3-Clause
"""A conversation that runs both ways while something is done to the target, and whether what was
told of it is true.

What the target's application has taken it shows on its console before it is acknowledged; so what
is called delivered must be shown, what is called not delivered must not, and nothing twice.
"""

import re

from rig.verdict import TargetFault

IN_FLIGHT = 8
DEADLINE_S = 60
PING_SIZE = 64


class Traffic:
    """Numbered messages to the target, so many without an outcome at a time; and the console's
    ping the other way."""

    def __init__(self, dut, host):
        self.dut, self.host = dut, host
        self._mark = dut.console.mark()
        self._numbers = {}  # by handle
        self._is_sending = True
        self.ping_result = None  # of the target's messages: all, delivered
        dut.console.type(f"ping {host.name} 65535 {PING_SIZE} {IN_FLIGHT}")

    def pump(self):
        """Keeps messages under way; to be called again and again."""
        while self._is_sending and len(self.host.sent) - len(self.host.outcomes) < IN_FLIGHT:
            number = len(self._numbers) + 1
            handle = self.host.send(self.dut.peer_name, f"message {number:06}", DEADLINE_S)
            self._numbers[handle] = number

    def run_for(self, seconds):
        self.host.run_for(seconds, self.pump)

    def run_until_messages(self, count):
        """So many more have come each way."""
        begin, outcomes = len(self.host.texts), len(self.host.outcomes)
        self.host.run_until(
            f"{count} messages each way",
            lambda: (len(self.host.texts) >= begin + count
                     and len(self.host.outcomes) >= outcomes + count), work=self.pump)

    def stop(self, is_target_new=False):
        """No more; and until all outcomes are known. is_target_new: it knows of no ping."""
        self._is_sending = False
        mark = self.dut.console.mark()
        if not is_target_new:
            self.dut.console.type("ping stop")
        self.host.run_until("all outcomes", self.host.is_settled)
        if not is_target_new:
            result = re.compile(rf"(\d+) messages to {self.host.name}: (\d+) delivered, .*")

            def results():
                return list(filter(None, map(result.fullmatch,
                                             self.dut.console.lines_since(mark))))

            self.host.run_until("the ping's result", results)
            self.ping_result = tuple(map(int, results()[0].groups()))

    def shown(self):
        """The numbers that the target has shown, in order."""
        said = re.compile(rf"Message from {self.host.name}: message (\d{{6}})")
        found = map(said.fullmatch, self.dut.console.lines_since(self._mark))
        return [int(line[1]) for line in found if line]

    def numbers_of(self, outcome):
        return {number for handle, number in self._numbers.items()
                if self.host.outcomes[handle] == outcome}

    def check(self, may_lose=True):
        """Everything that was told is true. may_lose: an outcome may be other than delivered."""
        # What is delivered was shown before; the console may still be on its way here.
        wanted = self.numbers_of("delivered")
        self.dut.console.wait_until("what was delivered, on the console,",
                                    lambda: wanted <= set(self.shown()), 10)
        shown = self.shown()
        if len(set(shown)) < len(shown):
            twice = sorted({number for number in shown if shown.count(number) > 1})
            raise TargetFault(f"messages were delivered twice: {twice[:10]}")
        lies = self.numbers_of("not delivered") & set(shown)
        if lies:
            raise TargetFault(f"messages are called not delivered, and were: {sorted(lies)[:10]}")
        if shown != sorted(shown):
            raise TargetFault("messages came in another order than they were sent in")
        if not may_lose and len(wanted) < len(self._numbers):
            raise TargetFault(f"{len(self._numbers) - len(wanted)} messages were not delivered: "
                              f"{sorted(set(self._numbers.values()) - wanted)[:10]}")
        check_pings(self.host.texts)
        if not may_lose and self.ping_result not in (None, (len(self.host.texts),) * 2):
            raise TargetFault(f"the target says {self.ping_result[1]} of its {self.ping_result[0]} "
                              f"messages were delivered; {len(self.host.texts)} have come")


def check_pings(texts):
    """The target's own: from the first one on, each once and in order, and nothing else."""
    for number, text in enumerate(texts, 1):
        if not re.fullmatch(rf"ping {number} \.*", text) or len(text) != PING_SIZE:
            raise TargetFault(f"the target's message {number} came as {text!r}")
