# SPDX-License-Identifier: BSD-3-Clause
"""Names of hosts, with /etc/hosts as each test wants it."""

import re
import subprocess
import sys

import pytest
from support.board import free_port
from support.desktop import DELIVERED, MSGR, require
from support.node import ROOT, Program

NAME = "several.test"
KINDS = ["udp", "tcp"]


@pytest.fixture(name="with_hosts")
def make_with_hosts(tmp_path):
    """A function: msgr with these words, where NAME has these addresses, in that order."""
    def run(addresses, *words):
        hosts = tmp_path / "hosts"
        hosts.write_text("".join(f"{address} {NAME}\n" for address in addresses))
        mount = 'mount --bind "$0" /etc/hosts || exit 77; exec "$@"'
        done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", mount, hosts,
                               MSGR, *map(str, words)],
                              capture_output=True, text=True, timeout=30, check=False,
                              stdin=subprocess.DEVNULL)
        if done.returncode == 77 or "unshare failed" in done.stderr:
            pytest.skip(f"no /etc/hosts of one's own here: {done.stderr}")
        return done
    return run


class OneAddress(Program):
    """bob, in Python, at one address only."""

    def __init__(self, address):
        super().__init__(sys.executable, ROOT / "sim" / "msgr.py", "listen", "--name", "bob",
                         "--port", "0", "--address", address)
        line = self.wait_line(re.compile(r"Listening as bob on port [0-9]+\."))
        self.port = int(re.search(r"[0-9]+", line).group())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("addresses, there", [
    (["127.0.0.8", "127.0.0.9", "127.0.0.1"], "127.0.0.1"), (["::1", "127.0.0.1"], "127.0.0.1"),
    (["::1", "127.0.0.8"], "::1")])
def test_addresses_are_tried_in_turn(with_hosts, kind, addresses, there):
    with OneAddress(there) as bob:
        url = f"{kind}://{NAME}:{bob.port}/bob"
        done = with_hosts(addresses, "send", url, "found", "--name", "alice", "--deadline", 20000)
        require(done, 0, DELIVERED.pattern)
        bob.wait_line("Message from alice: found")


def test_addresses_are_tried_in_turn_for_plain_text(with_hosts):
    with Program(sys.executable, "-u", "-c", f"""
import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])
c = s.accept()[0]
c.sendall(b"Message received: " + c.recv(100) + b". Thank you.")
""") as server:
        port = server.wait_line(re.compile(r"\d+"))
        done = with_hosts(["127.0.0.8", "127.0.0.9", "127.0.0.1"], "send", "--plain",
                          f"tcp://{NAME}:{port}", "found")
        require(done, 0, r"Message received: found\. Thank you\.")
        server.ends()


def test_name_without_anybody_at_its_addresses(with_hosts):
    url = f"tcp://{NAME}:{free_port()}/bob"
    done = with_hosts(["127.0.0.8", "127.0.0.9"], "send", url, "x", "--deadline", 500)
    require(done, 1, r"Message to bob: not delivered: nobody answered at .* \(Connection refused\)\..*")
