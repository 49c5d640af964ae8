# SPDX-License-Identifier: BSD-3-Clause
"""What a node can tell on one of lwIP's APIs and not on the other, each with its reason.

Every interop test runs for both. Where its expectation differs, it asks here; on the raw API
everything is expected.
"""

from support.node import API

IS_RAW = API == "raw"

# Sockets do not show TCP's push flag: a text that is neither as long as can be nor followed by a
# FIN ends 20 ms after its last byte; and so what follows a pushed segment at once belongs to it.
SEES_PUSH = IS_RAW

# Nor what of a text the other end has acknowledged: that lwIP has taken all of it has to do.
SEES_ACKNOWLEDGEMENTS = IS_RAW

# A socket's backlog is of connections that lwIP has accepted; lwIP drops the SYNs only of those
# beyond. So a client may be connected and wait for its turn.
CLIENTS_WAIT_UNCONNECTED = IS_RAW

# A connection that its client has reset by the time that it would be accepted is none to accept.
SEES_EVERY_CONNECTION = IS_RAW

# What is read from a socket waits in its mailbox: 127 datagrams; more are lost.
QUEUES_A_FLOOD = IS_RAW

# How the banner says which it is.
SHOWN = "" if IS_RAW else " with threads, sockets"
