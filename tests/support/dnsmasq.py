# SPDX-License-Identifier: BSD-3-Clause
"""dnsmasq at this end of the private network: DHCP, router advertisements, names."""

import re
import shutil

import pytest

from support.lan import BRIDGE, HOST, HOST6
from support.node import Program

LEASES = [f"10.77.0.{last}" for last in range(50, 60)]
NAME, NAME6, NO_NAME = "server.test", "six.test", "nobody.test"

DHCP = [f"--dhcp-range={LEASES[0]},{LEASES[-1]},2m", "--no-ping", "--dhcp-authoritative"]
ROUTER = ["--enable-ra", "--dhcp-range=fd77::,ra-only"]

STARTED = re.compile(r"dnsmasq: started, .*")


class Dnsmasq(Program):
    """Answers for the names above, and does what the options say. What it logs nobody checks."""

    def __init__(self, *options):
        program = shutil.which("dnsmasq", path="/usr/sbin:/usr/bin:/sbin:/bin")
        if program is None:
            pytest.skip("dnsmasq is not installed")
        super().__init__(
            program,
            *("--no-daemon", "--conf-file=/dev/null"),  # and no other user: there may be none
            *("--leasefile-ro", "--log-dhcp"),
            *(f"--interface={BRIDGE}", "--bind-interfaces", "--except-interface=lo"),
            *("--no-resolv", "--no-hosts", "--local=/test/"),
            *(f"--host-record={NAME},{HOST}", f"--host-record={NAME6},{HOST6}"),
            *options,
        )
        try:
            self.wait_error(STARTED)
        except AssertionError:
            self.kill()
            print(self)
            raise

    def __exit__(self, *_):
        self.kill()
        for pipe in self.process.stdout, self.process.stderr:
            pipe.close()
