# SPDX-License-Identifier: BSD-3-Clause
"""What a target says of itself ("stats --json"), and whether anything leaked.

What is taken and given back: lwIP's pools and heap, and the engine's slots. A connection in lwIP's
TIME-WAIT is no leak: for two minutes it is to answer stray segments (RFC 9293, 3.6.1).
"""

import json

from rig.verdict import TargetFault

TIMERS_SPARE = 2  # lwIP's timer for TCP; and one for a message that nobody waits for any more


class Stats:
    """objects: as the target printed them."""

    def __init__(self, objects):
        self.objects = objects
        self.pools = {one["name"]: one for one in objects if one["event"] == "pool"}
        self._one = {one["event"]: one for one in objects}

    def __getitem__(self, event):
        """The object of that kind: target, memory, tcp, udp, stats (framed), frames."""
        return self._one[event]

    def __contains__(self, event):
        return event in self._one

    def in_use(self):
        """{what: how much} that can leak."""
        use = {name: pool["used"] for name, pool in self.pools.items()}
        if "TCP_PCB" in use:
            use["TCP_PCB"] -= self["tcp"]["time_wait"]
        if "stats" in self:
            use["engine's slots"] = self["stats"]["slots_used"]
        return use

    def high_water(self):
        """The most that was ever in use, and how often there was none left."""
        marks = {name: pool["used_at_most"] for name, pool in self.pools.items()}
        if "stats" in self:
            marks["engine's slots"] = self["stats"]["slots_used_at_most"]
        if self["memory"]["stack"]:
            marks["stack, bytes"] = self["memory"]["stack_used_at_most"]
        return marks

    def none_left(self):
        return {name: pool["times_none_left"] for name, pool in self.pools.items()
                if pool["times_none_left"]}


def parse(lines):
    """Stats of the lines that begin with the target's object and end with the frames'; None if
    they are not whole."""
    objects = []
    for line in lines:
        if not line.startswith('{"event":'):  # a shell that echoes shows rubbish that was typed
            continue
        one = read_object(line)
        if one.get("event") == "target":
            objects = []
        objects.append(one)
        if one.get("event") == "frames" and objects[0].get("event") == "target":
            return whole(objects)
    return None


def read_object(line):
    try:
        return json.loads(line)
    except ValueError as error:
        raise TargetFault(f"stats --json: a line is no JSON, {error}: {line[:200]!a}") from error


def whole(objects):
    """Stats that have all that the rig asks for."""
    try:
        stats = Stats(objects)
        stats.in_use(), stats.high_water(), stats.none_left()
    except KeyError as error:
        raise TargetFault(f"stats --json: {error} is missing") from error
    return stats


def leaked(now, before):
    """{what: (before, now)} that is more in use than before."""
    spare = {"SYS_TIMEOUT": TIMERS_SPARE}
    now, before = now.in_use(), before.in_use()
    return {what: (before.get(what, 0), used) for what, used in now.items()
            if used > before.get(what, 0) + spare.get(what, 0)}


def in_words(leaks):
    return ", ".join(f"{what}: {before} before, {now} now" for what, (before, now) in leaks.items())
