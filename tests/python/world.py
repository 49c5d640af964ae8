# SPDX-License-Identifier: BSD-3-Clause
"""Nodes in one thread, and a relay between them that loses, repeats, reorders and changes."""

import random
import select
import socket
import time

import msgr

BOUND_S = 20
LOOK_S = 0.02  # so often a test's condition is looked at, whatever comes
HEARTBEAT = 0.5  # the shortest that there is (app/SPEC.md, 14)
ALICE, BOB = 0xA11CE, 0xB0B0B0  # alice's is the lower: she is the opener


class App:
    """A node with what an application would remember of it."""

    def __init__(self, name, identity, **options):
        self.node = msgr.Node(name, identity, heartbeat=HEARTBEAT, **options)
        self.messages, self.outcomes, self.others = [], {}, []
        self.is_taking = True

    def pull(self):
        """All events; a message is taken as soon as there is a next question."""
        if not self.is_taking:
            self.node.run_once(0)
        while self.is_taking:
            event = self.node.next(0)
            if event is None:
                return
            if event.kind == "message":
                self.messages.append(event.data)
            elif event.kind == "outcome":
                assert event.handle not in self.outcomes, "a second outcome"
                self.outcomes[event.handle] = event.outcome, event.reason
            else:
                self.others.append((event.kind, event.peer, event.reason))

    def send(self, peer, data, deadline=BOUND_S):
        return self.node.send(peer, data, deadline)


class World:
    """Runs all of them until something is so."""

    def __init__(self):
        self.parts = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in self.parts[:]:
            self.end(part)

    def app(self, name, identity, **options):
        app = App(name, identity, **options)
        self.parts.append(app)
        return app

    def relay(self, *arguments, **options):
        relay = Relay(*arguments, **options)
        self.parts.append(relay)
        return relay

    def end(self, part):
        """As if it were switched off: its peers are told nothing."""
        self.parts.remove(part)
        if isinstance(part, Relay):
            part.close()
        else:
            part.node.links.clear()
            part.node.close()

    def run_until(self, is_so, bound_s=BOUND_S):
        end = time.monotonic() + bound_s
        while not is_so():
            assert time.monotonic() < end, "it did not happen"
            self.step(end)

    def run_for(self, seconds):
        """Only for what is not to happen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.step(end)

    def step(self, end):
        apps = [part for part in self.parts if isinstance(part, App)]
        left = [app.node.left(min(LOOK_S, end - time.monotonic())) for app in apps]
        sources = [part.node for part in apps]
        sources += [one for part in self.parts if isinstance(part, Relay) for one in part.sockets]
        select.select(sources, [], [], max(0.0, min(left)))
        for part in self.parts:
            part.pull()


class Relay:
    """Passes datagrams on between who writes to it and `target`; a seed makes it repeatable."""

    def __init__(self, target, seed=1, loss=0.0, repeat=0.0, reorder=0.0, change=0.0):
        self.target = target
        self.dice = random.Random(seed)
        self.loss, self.repeat, self.reorder, self.change = loss, repeat, reorder, change
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind(("127.0.0.1", 0))
        self.front.setblocking(False)
        self.port = self.front.getsockname()[1]
        self.backs = {}  # address: the socket that stands for it
        self.held = None  # one datagram that others overtake

    @property
    def sockets(self):
        return [self.front, *self.backs.values()]

    def close(self):
        for one in self.sockets:
            one.close()

    def pull(self):
        self.take(self.front, self.to_target)
        for address, back in list(self.backs.items()):
            self.take(back, lambda data, _, address=address: self.front.sendto(data, address))

    def take(self, source, pass_on):
        while True:
            try:
                data, address = source.recvfrom(2048)
            except OSError:
                return
            if self.dice.random() < self.change:
                data = self.changed(data)
            self.pass_on(lambda data=data, address=address: pass_on(data, address))

    def changed(self, data):
        """One bit of it."""
        bit = self.dice.randrange(8 * len(data))
        number = int.from_bytes(data, "big") ^ 1 << bit
        return number.to_bytes(len(data), "big")

    def to_target(self, data, address):
        if address not in self.backs:
            self.backs[address] = socket.socket(self.front.family, socket.SOCK_DGRAM)
            self.backs[address].setblocking(False)
        self.backs[address].sendto(data, self.target)

    def pass_on(self, deliver):
        if self.dice.random() < self.loss:
            return
        if self.held is None and self.dice.random() < self.reorder:
            self.held = deliver
            return
        copies = 2 if self.dice.random() < self.repeat else 1
        for _ in range(copies):
            deliver()
        held, self.held = self.held, None
        if held:
            held()
