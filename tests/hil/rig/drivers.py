# SPDX-License-Identifier: BSD-3-Clause
"""labgrid drivers: programs that stand for hardware, cables, and programmers.

A program's power is whether it runs; its console is its standard input and output.
"""

import abc
import contextlib
import os
import pathlib
import select
import shlex
import shutil
import signal
import subprocess
import tempfile
import time

import attr
import pexpect
from labgrid import target_factory
from labgrid.driver.common import Driver
from labgrid.driver.exception import ExecutionError
from labgrid.protocol import BootstrapProtocol, ConsoleProtocol, PowerProtocol

from rig.verdict import TargetFault
from support.board import CONTROLLERS, NIC, Monitor

ROOT = pathlib.Path(__file__).resolve().parents[3]
END_S = 10
TYPE_S = 2
READ_MAX = 65536  # bytes; so many fit into a pipe
USAGE_STATUS = 2  # msgr-sim's, where it cannot do what its command line says
FLASH_S = 300
LINK_S = 10
LOOK_S = 0.05
RESET_STATUS = 3  # with which msgr-sim ends when it is told to reset


class CableProtocol(abc.ABC):
    """The target's Ethernet cable, pulled and put in again."""

    @abc.abstractmethod
    def cut(self):
        """Until mend()."""

    @abc.abstractmethod
    def mend(self):
        """Also where it is whole."""


class SettingsProtocol(abc.ABC):
    """What takes `settings`, {name: value}, when its power is switched on."""

    settings = {}


@target_factory.reg_driver
@attr.s(eq=False)
class ProgramDriver(Driver, ConsoleProtocol, PowerProtocol, SettingsProtocol):
    """Any program: `command`, from the project's folder on."""

    command = attr.ib(validator=attr.validators.instance_of(str))

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self._process = None
        self._rest = b""  # what it said before it was switched off
        self.settings = {}

    def words(self):
        """What is run."""
        return shlex.split(self.command)

    def is_reset(self, status):
        """It has ended because it was told to start anew."""
        return False

    def ended(self, status):
        """Whose fault it is that it has ended by itself: an emulator's end judges no product."""
        return ExecutionError(f"{self.words()[0]} has ended, with status {status}")

    # ---- power ----

    @Driver.check_active
    def on(self):
        if self._process is not None:
            return
        words = self.words()
        if shutil.which(words[0], path=os.environ["PATH"] + os.pathsep + str(ROOT)) is None \
                and not os.access(ROOT / words[0], os.X_OK):
            raise ExecutionError(f"{words[0]} is missing")
        process = subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, bufsize=0, start_new_session=True)
        os.set_blocking(process.stdout.fileno(), False)
        self._process = process

    @Driver.check_active
    def off(self):
        if self._process is None:
            return
        process, self._process = self._process, None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(END_S)
        with contextlib.suppress(BlockingIOError):
            self._rest += os.read(process.stdout.fileno(), READ_MAX)
        process.stdin.close()
        process.stdout.close()

    @Driver.check_active
    def cycle(self):
        self.off()
        self.on()

    def on_deactivate(self):
        self.off()

    # ---- console ----

    def _read(self, size=1, timeout=0.0):
        process = self._process
        rest, self._rest = self._rest, b""
        if rest:
            return rest
        try:
            if process is None:
                select.select([], [], [], timeout)
            elif select.select([process.stdout], [], [], timeout)[0]:
                data = os.read(process.stdout.fileno(), READ_MAX)
                if data:
                    return data
                self._on_end(process)
        except BlockingIOError:
            pass  # off() has had it
        except (ValueError, OSError):
            if process is self._process:
                raise
        raise pexpect.TIMEOUT("nothing")  # as labgrid's SerialDriver says it

    def _on_end(self, process):
        """Its output has ended: it was switched off, has reset itself, or is gone."""
        if process is not self._process:
            return
        status = process.wait(END_S)
        if process is not self._process:
            return
        self._process = None
        if not self.is_reset(status):
            raise self.ended(status)
        self.on()

    def _write(self, data):
        """What does not fit for so long is lost, as it is at a UART that nobody reads."""
        process, rest = self._process, data
        with contextlib.suppress(BrokenPipeError):  # it has ended: _read() says so
            while process is not None and rest:
                if not select.select([], [process.stdin], [], TYPE_S)[1]:
                    break
                rest = rest[os.write(process.stdin.fileno(), rest[:select.PIPE_BUF]):]
        return len(data)

    def read(self, size=1, timeout=0.0):
        return self._read(size, timeout)

    def write(self, data):
        return self._write(data)


@target_factory.reg_driver
@attr.s(eq=False)
class SimulatorDriver(ProgramDriver):
    """msgr-sim node, on lwIP's raw API or its sockets."""

    command = attr.ib(default="build/debug/sim/msgr-sim", validator=attr.validators.instance_of(str))
    api = attr.ib(default="raw", validator=attr.validators.in_(["raw", "sockets"]))

    def words(self):
        program = os.environ.get("MSGR_SIM", self.command)
        words = [program, "--api", self.api, "--tap", "tap0", "--mac", "02:10:00:00:00:01", "--plain"]
        for name, value in self.settings.items():
            words += ["--dhcp"] if value == "dhcp" else [f"--{name}", value]
        return [*words, "node"]

    def is_reset(self, status):
        return status == RESET_STATUS

    def ended(self, status):
        """The program is the product; but its command line is the rig's."""
        if status == USAGE_STATUS:
            return super().ended(status)
        return TargetFault(f"{self.words()[0]} has ended, with status {status}")


@target_factory.reg_driver
@attr.s(eq=False)
class BoardDriver(ProgramDriver, CableProtocol):
    """A board that QEMU emulates, with a cable that can be pulled."""

    command = attr.ib(default="sim/board", validator=attr.validators.instance_of(str))
    board = attr.ib(default="", validator=attr.validators.in_(CONTROLLERS))
    firmware = attr.ib(default="firmware.elf", validator=attr.validators.instance_of(str))

    def __attrs_post_init__(self):
        super().__attrs_post_init__()
        self._folder = tempfile.TemporaryDirectory()
        self._monitor = str(pathlib.Path(self._folder.name) / "monitor")

    def words(self):
        firmware = os.environ.get("MSGR_FIRMWARE", ROOT / "build" / self.board / self.firmware)
        words = [*shlex.split(self.command), self.board, "--firmware", str(firmware), "--tap", "tap0",
                 "--mac", "02:10:00:00:00:01", "--monitor", self._monitor]
        for name, value in self.settings.items():
            words += ["--set", f"{name}={value}"]
        return words

    def _set_link(self, state):
        monitor = Monitor(self._monitor)
        try:
            monitor.say(f"set_link {NIC[CONTROLLERS[self.board]]} {state}")
        finally:
            monitor.close()

    @Driver.check_active
    def cut(self):
        self._set_link("off")

    @Driver.check_active
    def mend(self):
        self._set_link("on")

    def on_deactivate(self):
        super().on_deactivate()
        self._folder.cleanup()


@target_factory.reg_driver
@attr.s(eq=False)
class InterfaceCable(Driver, CableProtocol):
    """This computer's end of a real cable: its network interface is switched off and on. It is the
    one that tests/hil/run was given by --interface."""

    interface = attr.ib(default=os.environ.get("MSGR_HIL_INTERFACE", ""),
                        validator=attr.validators.instance_of(str))

    def on_activate(self):
        if not self.interface:
            raise ExecutionError("which interface is it in? tests/hil/run FILE.yaml --interface ETH")

    def _set(self, state):
        done = subprocess.run(["ip", "link", "set", self.interface, state], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise ExecutionError(done.stderr.strip())

    @Driver.check_active
    def cut(self):
        self._set("down")

    @Driver.check_active
    def mend(self):
        """Waits until both ends have agreed on how to speak, if they do: that takes seconds."""
        self._set("up")
        carrier = pathlib.Path("/sys/class/net") / self.interface / "carrier"
        end_s = time.monotonic() + LINK_S
        while carrier.read_text(encoding="ascii").strip() != "1" and time.monotonic() < end_s:
            time.sleep(LOOK_S)


@target_factory.reg_driver
@attr.s(eq=False)
class FlashCommandDriver(Driver, BootstrapProtocol):
    """Any programmer's `command`, from the project's folder on; {image} in it is the path of `image`
    under the environment file's `images`."""

    command = attr.ib(validator=attr.validators.instance_of(str))
    image = attr.ib(default="firmware", validator=attr.validators.instance_of(str))

    @Driver.check_active
    def load(self, filename=None):
        image = filename or self.target.env.config.get_image_path(self.image)
        if not os.path.isfile(image):
            raise ExecutionError(f"{image} is missing: build it first")
        words = [word.replace("{image}", image) for word in shlex.split(self.command)]
        done = subprocess.run(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="backslashreplace",
                              timeout=FLASH_S, check=False)
        if done.returncode != 0:
            raise ExecutionError(f"{words[0]} ended with status {done.returncode}:\n{done.stdout}")
