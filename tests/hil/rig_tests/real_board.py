#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A real board on its bench, played for the suite, which notices no difference:

    the board        sim/board BOARD, with what FOLDER/flash.elf is when it gets power
    its console      FOLDER/serial, a terminal as a serial adapter is one; and TCP port 8002
    its power        a switch on the network: http://127.0.0.1:8001/power/1, and /power/0
    its cable        in the network interface eth9

Needs network, mount and process namespaces of its own. When all is there COMMAND runs, and its exit
status is this one's.
"""

import argparse
import contextlib
import http.server
import os
import pathlib
import pty
import select
import socket
import subprocess
import sys
import threading
import tty
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
POWER_PORT, CONSOLE_PORT = 8001, 8002
END_S = 10
NETWORK = """
link set lo up
tuntap add board0 mode tap
link add switch type bridge stp_state 0 forward_delay 0 mcast_snooping 0
link add eth9 type veth peer name socket
link set board0 master switch up
link set socket master switch up
link set switch up
"""


def tell(what):
    """The switch: power/1, power/0, unplug/0. From the network that the board is in."""
    urllib.request.urlopen(f"http://127.0.0.1:{POWER_PORT}/{what}", timeout=END_S).close()


class Serial:
    """The adapter and the serial server, one of which is in use; what nobody reads is lost."""

    def __init__(self, path, board):
        self._board = board
        self._own, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._own, False)
        path.symlink_to(os.ttyname(self._theirs))
        self._path = path
        self._unplugged, self._pull = os.pipe()
        self._client = None
        self._server = socket.create_server(("127.0.0.1", CONSOLE_PORT))
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._serve, daemon=True).start()

    def say(self, data):
        with contextlib.suppress(OSError):
            if self._client is not None:
                self._client.sendall(data)
            while data and self._client is None and select.select([], [self._own], [], END_S)[1]:
                data = data[os.write(self._own, data):]

    def _read(self):
        while self._unplugged not in select.select([self._own, self._unplugged], [], [])[0]:
            self._board.hear(os.read(self._own, 4096))
        os.close(self._own)

    def _serve(self):
        while True:
            self._client = self._server.accept()[0]
            with contextlib.suppress(OSError):
                while data := self._client.recv(4096):
                    self._board.hear(data)

    def unplug(self):
        self._path.unlink()
        os.close(self._theirs)
        os.write(self._pull, b"!")


class Board:
    def __init__(self, name, flash):
        self._name, self._flash = name, flash
        self._process = None
        self.serial = None

    def power(self, is_on):
        if not is_on and self._process is not None:
            self._process.kill()
            self._process.wait(END_S)
            self._process = None
        elif is_on and self._process is None and self._flash.exists():
            self._process = subprocess.Popen(
                [ROOT / "sim" / "board", self._name, "--firmware", self._flash, "--tap", "board0",
                 "--mac", "02:10:00:00:00:09"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
            threading.Thread(target=self._speak, args=[self._process], daemon=True).start()

    def _speak(self, process):
        while data := os.read(process.stdout.fileno(), 4096):
            self.serial.say(data)

    def hear(self, data):
        with contextlib.suppress(OSError, AttributeError):
            self._process.stdin.write(data)


def serve_switch(board):
    class Switch(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            _, what, state = self.path.split("/")
            if what == "power":
                board.power(state == "1")
            else:
                board.serial.unplug()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", POWER_PORT), Switch)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def make_network():
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)
    pathlib.Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1", encoding="ascii")
    subprocess.run(["ip", "-batch", "-"], input=NETWORK, text=True, check=True)


def main():
    parser = argparse.ArgumentParser(usage="real_board.py [--on] FOLDER BOARD COMMAND...\n"
                                           "       real_board.py --tell power/1")
    parser.add_argument("--tell", help="a running one's switch")
    parser.add_argument("--on", action="store_true", help="the board has power from the start")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if options.tell:
        return tell(options.tell)
    folder, name, *command = options.words
    make_network()
    board = Board(name, pathlib.Path(folder) / "flash.elf")
    board.serial = Serial(pathlib.Path(folder) / "serial", board)
    serve_switch(board)
    board.power(options.on)
    status = subprocess.run(command, check=False).returncode
    board.power(False)
    return status


if __name__ == "__main__":
    sys.exit(main())
