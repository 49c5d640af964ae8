# SPDX-License-Identifier: BSD-3-Clause
"""Run one of the tutorial's programs, unmodified, with `localhost` mapped to another address.

usage: with_localhost.py ADDRESS[:PORT] PROGRAM

The programs know no other host than `localhost`, and no other port than 9999. Here they talk to
nodes on a network instead, or to a port of this machine that leads to one.
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
    host, port = address
    return (ADDRESS, int(PORT or port)) if host == "localhost" else address


_, place, program = sys.argv
ADDRESS, _, PORT = place.partition(":")
socket.socket = Socket
runpy.run_path(program, run_name="__main__")
