# SPDX-License-Identifier: BSD-3-Clause
"""The network that tests/hil/run was started in. The suite has a private one, and no way out of it;
but power switches, serial servers and programmers of a real bench are on the other.
"""

import contextlib
import ctypes
import os
import sys

from rig.verdict import STATUS_BENCH

OUTSIDE = os.environ.get("MSGR_HIL_OUTSIDE")  # a file descriptor, open here
CLONE_NEWNET = 0x40000000  # sched.h

libc = ctypes.CDLL(None, use_errno=True)


def enter(fd):
    if libc.setns(fd, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def is_private():
    """We are in another network than the one in which tests/hil/run was started."""
    return (OUTSIDE is not None
            and os.stat("/proc/self/ns/net").st_ino != os.fstat(int(OUTSIDE)).st_ino)


def back(own):
    """Or nothing more is done: the suite's traffic is for the private network only."""
    try:
        enter(own)
    except OSError as error:
        print(f"BENCH FAILED: no way back into the private network: {error}", file=sys.stderr)
        os._exit(STATUS_BENCH)


@contextlib.contextmanager
def outside():
    """This thread is there, with the sockets that it opens and the programs that it starts. Without
    root it stays where it is."""
    if OUTSIDE is None or os.geteuid() != 0:
        yield
        return
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        try:
            enter(int(OUTSIDE))
        except PermissionError:  # root in a user namespace only: no real bench
            yield
            return
        try:
            yield
        finally:
            back(own)
    finally:
        os.close(own)
