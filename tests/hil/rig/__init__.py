# SPDX-License-Identifier: BSD-3-Clause
"""The test rig: a target's console, power and cable, and the network around it.

    verdict    whose fault a failure is: the target's or the bench's
    provider   what a bench has to offer; labgrid's way of doing so
    drivers    labgrid drivers for programs that stand for hardware, cables, programmers
    outside    the network around the private one, where a real bench has its power switch
    console    what the target says, read all the time
    dut        the target, as tests see it
    stats      what it says of itself, and whether anything leaked
    network    the private network: impairer, DHCP server, captures
    companion  a peer for framed messages on this computer
    results    files with what became of each test
"""
