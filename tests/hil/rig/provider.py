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

import concurrent.futures
import contextlib
import dataclasses
import pathlib
import subprocess
import threading
import time

import pexpect
import yaml
from labgrid import Environment, target_factory
from labgrid.protocol import BootstrapProtocol, ConsoleProtocol, PowerProtocol
from labgrid.util.yaml import load

from rig.drivers import CableProtocol, ProgramDriver, SettingsProtocol
from rig.outside import outside
from rig.verdict import BenchFault, TargetFault

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
    address_s: float = 20  # from banner to an address; from there to an answer at that address
    answer_s: float = 10  # to what is typed
    given_back_s: float = 10  # from a test's end until what it took is given back
    off_s: float = 0  # from power off to power on again, at least
    bench_s: float = 120  # for the bench to do what it is told: power, cable, flashing
    lacks: dict = dataclasses.field(default_factory=dict)  # capability: the reason

    def __post_init__(self):
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name == "lacks" or value == 0 == field.default:
                continue
            if type(value) not in (int, float) or value <= 0:
                raise BenchFault(f"{field.name}: not so many seconds: {value!r}")
        if not isinstance(self.lacks, dict):
            raise BenchFault(f"lacks: a reason for each capability, not {self.lacks!r}")
        for name, reason in self.lacks.items():
            if name not in CAPABILITIES:
                raise BenchFault(f"lacks: no capability is called {name!r}; there are "
                                 f"{', '.join(CAPABILITIES)}")
            if not reason or not isinstance(reason, str):
                raise BenchFault(f"lacks: {name}: for what reason? Not {reason!r}")


@contextlib.contextmanager
def bench_trouble(what):
    """What fails in here is the bench's fault, whatever it is: drivers have many ways to fail."""
    try:
        yield
    except BenchFault as fault:
        raise BenchFault(f"{what}: {fault}") from fault
    except TargetFault:
        raise
    except Exception as error:
        raise BenchFault(f"{what}: {in_words(error)}") from error


def in_words(error):
    """What a program has said, if it was one."""
    if isinstance(error, subprocess.CalledProcessError):
        said = (error.output or b"").replace(b"\r", b"").decode(errors="replace").strip()
        return said or str(error)
    if isinstance(error, (OSError, subprocess.SubprocessError, yaml.YAMLError)):
        return str(error)
    return getattr(error, "msg", None) or repr(error)


def bounded(bound_s, call, *args):
    """call(*args), which may not come to an end; then its thread is left behind."""
    done = concurrent.futures.Future()

    def run():
        try:
            done.set_result(call(*args))
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    concurrent.futures.wait([done], bound_s)
    if not done.done():
        raise BenchFault(f"not done within {bound_s:g} s")
    return done.result()


def facts_of(path):
    """An environment file's facts; nothing is switched on for it."""
    with bench_trouble(f"{path} cannot be read"):
        with open(path, encoding="utf-8") as file:
            content = load(file)
    if not isinstance(content, dict) or not isinstance(content.get("targets"), dict):
        raise BenchFault(f"{path}: no environment file; it lacks targets:, which those in "
                         "tests/hil/targets have")
    with bench_trouble(path):
        facts = facts_from(content.get("options") or {})
        _, drivers = target_factory.normalize_config(content["targets"].get("main") or {})
    kinds = [target_factory.all_classes.get(name, object) for name in drivers]
    for capability, (protocol, reason) in LACKED.items():
        if not any(issubclass(kind, protocol) for kind in kinds):
            facts.lacks.setdefault(capability, reason)
    return facts


def facts_from(options):
    if not isinstance(options, dict):
        raise BenchFault(f"options: these have names, and {options!r} has none")
    known = [field.name for field in dataclasses.fields(Facts)]
    for name in options:
        if name not in known:
            raise BenchFault(f"no option is called {name!r}; there are {', '.join(known)}")
    return Facts(**options)


class LabgridBench:
    def __init__(self, path):
        self.name = pathlib.Path(path).stem
        facts_of(path)  # what is wrong with the file itself is said first
        self._path = path
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
        if not any(isinstance(driver, protocol) for driver in self._target.drivers):
            if is_needed:
                raise BenchFault(f"{what}: no driver for it in {self._path}")
            return None
        with bench_trouble(what), outside():
            return self._target.get_driver(protocol)

    def _tell(self, what, call, *args):
        """The thread in which it is called has this one's network."""
        with bench_trouble(what):
            return bounded(self.facts.bench_s, call, *args)

    # labgrid's steps are for one thread, and the console is read in one of its own: so not read().
    def read(self, timeout_s):
        with bench_trouble("the console is gone"):
            try:
                return self._console._read(size=1, timeout=timeout_s)
            except pexpect.TIMEOUT:
                return b""

    def write(self, data):
        self._tell("the console is gone", self._console._write, data)

    def power_on(self, settings):
        if isinstance(self._power, SettingsProtocol):
            self._power.settings = settings
        time.sleep(max(0, self._off_s + self.facts.off_s - time.monotonic()))
        if self._power is not None:
            with self._where():
                self._tell("no power", self._power.on)

    def power_off(self):
        if self._power is not None:
            with self._where():
                self._tell("no power", self._power.off)
        self._off_s = time.monotonic()

    def _where(self):
        """Programs that stand for targets are in the private network; power switches are not."""
        is_program = isinstance(self._power, ProgramDriver)
        return contextlib.nullcontext() if is_program else outside()

    def cut(self):
        self._tell("the cable", self._cable.cut)

    def mend(self):
        self._tell("the cable", self._cable.mend)

    def flash(self):
        if self._flash is not None:
            self.power_on({})
            with outside():
                self._tell("flashing", self._flash.load)
        elif not isinstance(self._console, ProgramDriver):
            raise BenchFault(f"flashing: no driver for that in {self._path}")

    def close(self):
        self._tell("labgrid's end", self._env.cleanup)
