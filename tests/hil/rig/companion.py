# SPDX-License-Identifier: BSD-3-Clause
"""A peer for framed messages on this computer: sim/msgr.py, which shares no code with the engine.

It keeps what a test wants to know in the end: the texts that have come, and what became of each
message that was sent. Nothing happens but in its functions.
"""

import sys
import time

from rig.verdict import TargetFault
from support.node import ROOT

sys.path.insert(0, str(ROOT / "sim"))
import msgr  # noqa: E402

LOOK_S = 0.02
BOUND_S = 30


class Companion:
    """It calls the target; heartbeat: in seconds."""

    def __init__(self, name="host", heartbeat=1.0):
        self.name = name
        self.node = msgr.Node(name, heartbeat=heartbeat)
        self.texts = []  # that have come, in order
        self.outcomes = {}  # handle: "delivered", "not delivered", "unknown"
        self.sent = {}  # handle: text
        self.is_up = False
        self.ups = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.node.close()

    def connect(self, url):
        """From the moment on that they talk."""
        connector = self.node.connect(url)
        self.run_until(f"a conversation with {url}", lambda: self.is_up)
        return connector

    def send(self, peer, text, deadline_s=BOUND_S):
        handle = self.node.send(peer, text.encode(), deadline_s)
        self.sent[handle] = text
        return handle

    def is_settled(self):
        """All that was sent has its outcome."""
        return len(self.outcomes) == len(self.sent)

    def texts_of(self, outcome):
        return [self.sent[handle] for handle, found in self.outcomes.items() if found == outcome]

    def run_until(self, what, is_so, bound_s=BOUND_S, work=lambda: None):
        """Calls work() all the time."""
        end_s = time.monotonic() + bound_s
        while not is_so():
            work()
            left_s = end_s - time.monotonic()
            if left_s <= 0:
                raise TargetFault(f"{what} did not come about within {bound_s:g} s")
            self._take(self.node.next(min(LOOK_S, left_s)))

    def run_for(self, seconds, work):
        """So long; calls work() all the time."""
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0:
            work()
            self._take(self.node.next(min(LOOK_S, left_s)))

    def _take(self, event):
        if event is None:
            return
        if event.kind == "message":
            self.texts.append(event.data.decode())
            self.node.take_last()  # which tells the target
        elif event.kind == "outcome":
            assert event.handle not in self.outcomes, "a second outcome"
            self.outcomes[event.handle] = event.outcome
        elif event.kind == "up":
            self.is_up = True
            self.ups += 1
        elif event.kind == "down":
            self.is_up = False
