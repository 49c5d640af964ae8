# SPDX-License-Identifier: BSD-3-Clause
"""What a bench has to offer, and how labgrid does: from an environment file for each target.

Another bench can take labgrid's place: whatever has these attributes serves.

    name      of the target
    facts     what tests must know of it: Facts
    read(s), write(bytes)      the console; both raise BenchFault when it is gone
    power_on(settings), power_off()
    cut(), mend()              the cable; None where the network's impairer stands for it
    flash()                    writes the firmware, and leaves the power on; does nothing where there
                               is nothing to write
    close()
"""

import contextlib
import dataclasses
import pathlib
import time

import pexpect
from labgrid import Environment, target_factory
from labgrid.exceptions import NoDriverFoundError
from labgrid.util.yaml import load as load_yaml
from labgrid.protocol import BootstrapProtocol, ConsoleProtocol, PowerProtocol

from rig.drivers import CableProtocol, ProgramDriver, SettingsProtocol
from rig.outside import outside
from rig.verdict import BenchFault

CAPABILITIES = {
    "settings": "takes settings (address, name) from the bench when it is switched on",
    "power": "can be switched off",
    "reset_reason": "knows why it was reset",
    "ipv4": "speaks IPv4", "ipv6": "speaks IPv6",
    "framed": "speaks the framed protocol",
}
LACKED = {  # where no driver in the environment file is of this kind
    "power": (PowerProtocol, "no power driver in its environment file"),
    "settings": (SettingsProtocol, "nothing tells it, so it takes DHCP and its own name"),
}


@dataclasses.dataclass
class Facts:
    """`options` of the environment file; targets/board.example.yaml explains each."""

    boot_s: float = 20  # from power to banner
    address_s: float = 20  # from banner to an address
    off_s: float = 0  # from power off to power on again, at least
    lacks: dict = dataclasses.field(default_factory=dict)  # capability: the reason

    def __post_init__(self):
        unknown = set(self.lacks) - set(CAPABILITIES)
        if unknown:
            raise BenchFault(f"lacks: no capability is called {', '.join(sorted(unknown))}; there "
                             f"are {', '.join(CAPABILITIES)}")


@contextlib.contextmanager
def bench_trouble(what):
    """What fails in here is the bench's fault, whatever a driver calls it."""
    try:
        yield
    except BenchFault:
        raise
    except Exception as error:  # pylint: disable=broad-except
        raise BenchFault(f"{what}: {in_words(error)}") from error


def in_words(error):
    """What a program has said, if it was one."""
    said = getattr(error, "stdout", None)
    if isinstance(said, bytes):
        said = said.decode(errors="replace")
    return (said or "").strip() or getattr(error, "msg", None) or error


def facts_of(path):
    """An environment file's facts; nothing is switched on for it."""
    with bench_trouble(path):
        data = load_yaml(pathlib.Path(path).read_text(encoding="utf-8"))
        facts = Facts(**(data.get("options") or {}))
        _, drivers = target_factory.normalize_config(data["targets"]["main"])
        kinds = [target_factory.all_classes.get(name, object) for name in drivers]
    for capability, (protocol, reason) in LACKED.items():
        if not any(issubclass(kind, protocol) for kind in kinds):
            facts.lacks.setdefault(capability, reason)
    return facts


class LabgridBench:
    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        with bench_trouble(path), outside():
            self._env = Environment(str(path))
            self._target = self._env.get_target("main")
        if self._target is None:
            raise BenchFault(f"{path}: no target \"main\" in it")
        self.facts = facts_of(path)
        self._console = self._driver(ConsoleProtocol, "the console")
        self._power = None
        if "power" not in self.facts.lacks:
            self._power = self._driver(PowerProtocol, "the power switch")
        self._cable = self._driver(CableProtocol, "the cable", is_needed=False)
        self._flash = self._driver(BootstrapProtocol, "flashing", is_needed=False)
        self._off_s = 0  # when it was switched off
        if self._cable is None:
            self.cut = self.mend = None

    def _driver(self, protocol, what, is_needed=True):
        with bench_trouble(what), outside():
            try:
                return self._target.get_driver(protocol)
            except NoDriverFoundError as error:
                if is_needed or "multiple" in error.msg:
                    raise
                return None

    # labgrid's steps are for one thread, and the console is read in one of its own: so not read().
    def read(self, timeout_s):
        with bench_trouble("the console is gone"):
            try:
                return self._console._read(size=1, timeout=timeout_s)
            except pexpect.TIMEOUT:
                return b""

    def write(self, data):
        with bench_trouble("the console is gone"):
            self._console._write(data)

    def power_on(self, settings):
        if isinstance(self._power, SettingsProtocol):
            self._power.settings = settings
        time.sleep(max(0, self._off_s + self.facts.off_s - time.monotonic()))
        with bench_trouble("no power"), self._where():
            if self._power is not None:
                self._power.on()

    def power_off(self):
        with bench_trouble("no power"), self._where():
            if self._power is not None:
                self._power.off()
        self._off_s = time.monotonic()

    def _where(self):
        """Programs that stand for targets are in the private network; power switches are not."""
        is_program = isinstance(self._power, ProgramDriver)
        return contextlib.nullcontext() if is_program else outside()

    def cut(self):
        with bench_trouble("the cable"):
            self._cable.cut()

    def mend(self):
        with bench_trouble("the cable"):
            self._cable.mend()

    def flash(self):
        if self._flash is not None:
            self.power_on({})
            with bench_trouble("flashing"), outside():
                self._flash.load()
        elif not isinstance(self._console, ProgramDriver):
            raise BenchFault("flashing: no driver for that in the environment file")

    def close(self):
        with bench_trouble("at the end"):
            self._env.cleanup()
