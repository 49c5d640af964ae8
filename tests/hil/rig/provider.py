# SPDX-License-Identifier: BSD-3-Clause
"""What a bench has to offer, and how labgrid does: from an environment file for each target.

Another bench can take labgrid's place: whatever has these attributes serves.

    name      of the target
    facts     what tests must know of it: Facts
    read(s), write(bytes)      the console; both raise BenchFault when it is gone
    power_on(settings), power_off()
    cut(), mend()              the cable; None where the network's impairer stands for it
    flash()                    writes the firmware; does nothing where there is nothing to write
    close()
"""

import contextlib
import dataclasses
import pathlib
import subprocess

import pexpect
import serial
import yaml
from labgrid import Environment
from labgrid.driver.exception import CleanUpError, ExecutionError
from labgrid.exceptions import (InvalidConfigError, NoDriverFoundError, NoResourceFoundError)
from labgrid.protocol import BootstrapProtocol, ConsoleProtocol, PowerProtocol

from rig.drivers import CableProtocol, SettingsProtocol
from rig.verdict import BenchFault

CAPABILITIES = {
    "settings": "takes settings (address, name) from the bench when it is switched on",
    "power": "can be switched off",
    "reset_reason": "knows why it was reset",
    "ipv4": "speaks IPv4", "ipv6": "speaks IPv6",
    "framed": "speaks the framed protocol",
    "figures": "is fast enough in real time for figures that mean something",
}
TROUBLE = (ExecutionError, CleanUpError, serial.SerialException, OSError,
           subprocess.SubprocessError, NoResourceFoundError)


@dataclasses.dataclass
class Facts:
    """`options` of the environment file; targets/board.example.yaml explains each."""

    boot_s: float = 20  # from power to banner
    address_s: float = 20  # from banner to an address
    lacks: dict = dataclasses.field(default_factory=dict)  # capability: the reason

    def __post_init__(self):
        unknown = set(self.lacks) - set(CAPABILITIES)
        if unknown:
            raise BenchFault(f"lacks: no capability is called {', '.join(sorted(unknown))}; there "
                             f"are {', '.join(CAPABILITIES)}")


@contextlib.contextmanager
def bench_trouble(what):
    """What fails in here is the bench's fault."""
    try:
        yield
    except TROUBLE as error:
        detail = getattr(error, "stdout", None) or getattr(error, "msg", None) or error
        raise BenchFault(f"{what}: {detail}") from error


def facts_of(path):
    """An environment file's facts; nothing is switched on for it."""
    try:
        options = yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8")).get("options", {})
        return Facts(**options)
    except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
        raise BenchFault(f"{path}: {error}") from error


class LabgridBench:
    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        self.facts = facts_of(path)
        try:
            self._env = Environment(str(path))
            self._target = self._env.get_target("main")
        except (InvalidConfigError, OSError, KeyError, TypeError, ValueError) as error:
            raise BenchFault(f"{path}: {error}") from error
        if self._target is None:
            raise BenchFault(f"{path}: no target \"main\" in it")
        self._console = self._driver(ConsoleProtocol, "the console")
        self._power = self._driver(PowerProtocol, "the power switch", is_needed=False)
        self._cable = self._driver(CableProtocol, "the cable", is_needed=False)
        self._flash = self._driver(BootstrapProtocol, "flashing", is_needed=False)
        if self._power is None:
            self.facts.lacks.setdefault("power", "no power driver in its environment file")
        if self._cable is None:
            self.cut = self.mend = None

    def _driver(self, protocol, what, is_needed=True):
        with bench_trouble(what):
            try:
                return self._target.get_driver(protocol)
            except NoDriverFoundError as error:
                if is_needed:
                    raise BenchFault(f"{what}: {error}") from error
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
        with bench_trouble("no power"):
            if self._power is not None:
                self._power.on()

    def power_off(self):
        with bench_trouble("no power"):
            if self._power is not None:
                self._power.off()

    def cut(self):
        with bench_trouble("the cable"):
            self._cable.cut()

    def mend(self):
        with bench_trouble("the cable"):
            self._cable.mend()

    def flash(self):
        if self._flash is not None:
            with bench_trouble("flashing"):
                self._flash.load()

    def close(self):
        with bench_trouble("at the end"):
            self._env.cleanup()
