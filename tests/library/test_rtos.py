# SPDX-License-Identifier: BSD-3-Clause
"""The example for an RTOS, and what wakes its loop, on the threads of lwIP's contrib for Unix."""

import os
import pathlib

import pytest

from conftest import ROOT, configure, run
from support.node import Program

LWIP = pathlib.Path(os.environ["MSGR_LWIP_DIR"])


@pytest.fixture(scope="module", params=[1, 0], ids=["core_locked", "core_asked"])
def programs(request, tmp_path_factory):
    if not (LWIP / "contrib/ports/unix/port/sys_arch.c").exists():
        pytest.skip(f"{LWIP} has no contrib, and so no threads on Linux (2.2.1 has)")
    folder = tmp_path_factory.mktemp("rtos")
    configure(ROOT / "tests" / "rtos", folder, LWIP_DIR=LWIP, MSGR_WARNINGS="ON",
              CMAKE_C_FLAGS="-g -fsanitize=address,undefined -fno-sanitize-recover=all "
                            f"-DLWIP_TCPIP_CORE_LOCKING={request.param}")
    run("cmake", "--build", folder, "-j2", "--target", "example-udp", "example-tcp", "bell")
    return folder


@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_one_task_posts_and_another_sends(programs, kind):
    with Program(programs / f"example-{kind}", stdin=True) as nodes:
        for number in range(1, 4):
            nodes.wait_line(f"bob took reading {number}")
            nodes.wait_line(f"Reading {number}: delivered")
        nodes.process.stdin.close()
        nodes.rest_of_ended()


def test_loop_is_woken_though_lwip_had_no_memory(programs):
    with Program(programs / "bell") as bell:
        bell.wait_end()
        assert int(bell.lines()[0]) < 1000, "it slept on"
        bell.rest_of_ended()
