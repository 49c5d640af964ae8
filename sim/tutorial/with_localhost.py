# SPDX-License-Identifier: BSD-3-Clause
"""Run one of the tutorial's programs, unmodified, with `localhost` mapped to another address.

usage: with_localhost.py ADDRESS PROGRAM

The programs know no other host than `localhost`. Here they talk to nodes on a network instead.
"""

import runpy
import socket
import sys


class Socket(socket.socket):
    def bind(self, address):
        super().bind(elsewhere(address))

    def connect(self, address):
        super().connect(elsewhere(address))

    def sendto(self, data, address):
        return super().sendto(data, elsewhere(address))


def elsewhere(address):
    host, *rest = address
    return (ADDRESS if host == "localhost" else host, *rest)


_, ADDRESS, program = sys.argv
socket.socket = Socket
runpy.run_path(program, run_name="__main__")
