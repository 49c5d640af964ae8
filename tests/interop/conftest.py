# SPDX-License-Identifier: BSD-3-Clause
"""The interop suite runs inside a private network; those on a wire need none."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from support import lan, node  # noqa: E402

ON_A_WIRE = ["test_wire.py", "test_framed.py"]
OUTSIDE = (
    "these tests need a private network with four TAP devices: "
    "sim/lan 4 -- /usr/bin/python3 -m pytest -q tests/interop"
)

# Further addresses of this end, for tests that need several sources.
SOURCES = [f"10.77.0.{last}" for last in range(101, 109)]
SOURCES6 = [f"fd77::{last}" for last in range(101, 109)]
TUTORIALS = ["10.77.0.111", "10.77.0.112"]  # of the tutorial's servers, and of nobody else
OFF_LINK6 = "fd77:0:0:1::1"


def pytest_collection_modifyitems(items):
    needs_lan = any(item.path.name not in ON_A_WIRE for item in items)
    if needs_lan and "MSGR_LAN" not in os.environ:
        raise pytest.UsageError(OUTSIDE)
    if not os.access(node.SIM, os.X_OK):
        raise pytest.UsageError(f"no program {node.SIM}: build it, or tell MSGR_SIM")


@pytest.fixture(scope="session", autouse=True)
def network():
    """This end's addresses."""
    if "MSGR_LAN" in os.environ:
        lan.add_addresses(
            [f"{address}/24" for address in [*SOURCES, *TUTORIALS]]
            + [f"{address}/64" for address in [*SOURCES6, OFF_LINK6]]
        )


class Ends:
    """The two ends of a conversation in one IP version."""

    def __init__(self, node_host, host, scoped, sources):
        self.node_host = node_host  # of the node on tap0, as msgr-sim takes it
        self.server = (node_host, node.PORT, *scoped)  # the same, as Python takes it
        self.host = host  # this end
        self.listener = (host, node.PORT, *scoped)
        self.send_host = host + ("%1" if scoped else "")  # this end, as msgr-sim takes it
        self.scoped = scoped
        self.sources = sources  # further addresses of this end

    def shown(self, address):
        """What getsockname() says, as a node prints it; its one interface is number 1."""
        if ":" in self.host:
            return str((*address[:2], 0, 1 if self.scoped else 0))
        return str(address)


@pytest.fixture(params=["ipv4", "ipv6", "link_local"])
def ends(request):
    return make_ends(request.param)


@pytest.fixture(params=["ipv4", "ipv6"])
def routed_ends(request):
    """Without the link-local pair: for what concerns further addresses."""
    return make_ends(request.param)


def make_ends(kind):
    if kind == "ipv4":
        return Ends(node.address_of(0), lan.HOST, (), SOURCES)
    if kind == "ipv6":
        return Ends(node.address6_of(0), lan.HOST6, (), SOURCES6)
    return Ends(node.link_local_of(0), lan.HOST_LINK_LOCAL, (0, lan.bridge_index()), [])
