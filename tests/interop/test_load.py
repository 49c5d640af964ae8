# SPDX-License-Identifier: BSD-3-Clause
"""Many clients at once, more clients than there is room for, many exchanges in a row."""

import contextlib
import select
import socket

import pytest

from support.capabilities import CLIENTS_WAIT_UNCONNECTED
from support.node import address_of, deadline, serve, summary
from support.peer import (
    BOUND_S,
    PORT,
    acknowledgement,
    acknowledgement_udp,
    ask,
    family_of,
    read_all,
    udp_socket,
)

SERVER = (address_of(0), PORT)
ROOM = 128  # CONNECTIONS of app/node/serve.c
SERVED_WITHIN_S = 15


def text_of(number):
    return b"client number %d speaks" % number


class Crowd:
    """Many clients in one thread; each connects, and later speaks and reads its answer."""

    def __init__(self, stack, size):
        self.poll = select.poll()
        self.clients = {}
        for number in range(size):
            client = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            client.setblocking(False)
            client.connect_ex(SERVER)
            self.clients[client.fileno()] = (number, client)
            self.poll.register(client, select.POLLOUT)

    def connected(self, count, left):
        """Waits until so many more have a connection; returns them."""
        connected = []
        while len(connected) < count:
            for fd, events in self.poll.poll(1000 * left()):
                assert events == select.POLLOUT, f"client {self.clients[fd][0]}: event {events}"
                connected.append(self.clients[fd])
                self.poll.unregister(fd)
                if len(connected) == count:
                    break
        return connected

    def converse(self, left):
        """Each speaks once it is connected, reads its answer once it is there, and does not close."""
        while self.clients:
            for fd, events in self.poll.poll(1000 * left()):
                number, client = self.clients[fd]
                if events == select.POLLOUT:
                    speak(number, client)
                    self.poll.modify(fd, select.POLLIN)
                    continue
                assert client.recv(1024) == acknowledgement(text_of(number)), f"client {number}"
                self.poll.unregister(fd)
                del self.clients[fd]


def speak(number, client):
    client.settimeout(BOUND_S)
    client.sendall(text_of(number))


def hear(number, client):
    assert read_all(client) == acknowledgement(text_of(number)), f"client {number}"
    client.close()


def test_hundred_clients_at_once_all_get_their_answers():
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(serve("--tcp"))
        clients = Crowd(stack, 100).connected(100, deadline())
        for client in clients:
            speak(*client)
        for client in clients:
            hear(*client)
        said = node.rest()
        assert said[-1:] == summary(tcp=(100, 100, 0, 0))
        assert sorted(line for line in said if line.startswith("client number")) == sorted(
            text_of(number).decode() for number in range(100)
        )


def test_clients_beyond_the_connections_are_served_once_there_is_room():
    """The first ones hold all connections; the others' SYNs are dropped and repeated by them."""
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(serve("--tcp"))
        crowd = Crowd(stack, 200)
        first = crowd.connected(ROOM, deadline())
        if CLIENTS_WAIT_UNCONNECTED:
            assert crowd.poll.poll(0) == [], "there was room for more"
        left = deadline(SERVED_WITHIN_S)
        for client in first:
            speak(*client)
        for client in first:
            hear(*client)
        for _ in range(200 - ROOM):
            ((number, client),) = crowd.connected(1, left)
            speak(number, client)
            hear(number, client)
        assert node.rest()[-1:] == summary(tcp=(200, 200, 0, 0))


def test_clients_that_hold_all_connections_and_say_nothing_make_room_in_time():
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(serve("--tcp", "--silence", 1000))
        silent = Crowd(stack, ROOM).connected(ROOM, deadline())
        assert ask(SERVER, text_of(ROOM)) == acknowledgement(text_of(ROOM))
        for _, client in silent:
            client.settimeout(BOUND_S)
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        assert node.rest()[-1:] == summary(tcp=(ROOM + 1, 1, 0, ROOM))


def test_clients_that_never_close_make_room_in_time():
    """Their connections wait for them for some time, but not at the others' cost."""
    with contextlib.ExitStack() as stack:
        node = stack.enter_context(serve("--tcp"))
        left = deadline(SERVED_WITHIN_S)
        Crowd(stack, 300).converse(left)
        assert node.rest()[-1:] == summary(tcp=(300, 300, 0, 0))


COUNT = 2000
PORTS = 12000  # ... from here on


def connect_from(port, server):
    """For 2 minutes lwIP answers no SYN from where a connection has been closed (TIME_WAIT). Linux
    may choose the same port again after 10 s, so it does not choose here."""
    client = socket.socket(family_of(server), socket.SOCK_STREAM)
    client.settimeout(BOUND_S)
    client.bind(("", port))
    client.connect(server)
    return client


@pytest.mark.parametrize("address", ["10.77.0.2", "fd77::2"])
def test_every_one_of_2000_exchanges_over_tcp_is_answered(address):
    with serve() as node:
        for number in range(COUNT):
            with connect_from(PORTS + number, (address, PORT)) as client:
                client.sendall(text_of(number))
                assert read_all(client) == acknowledgement(text_of(number)), f"exchange {number}"
        said = node.rest()
        assert said[-2:] == summary(tcp=(COUNT, COUNT, 0, 0), udp=(0, 0, 0))
        assert said.count("Terminating the connection.") == COUNT


@pytest.mark.parametrize("address", ["10.77.0.2", "fd77::2"])
def test_every_one_of_2000_exchanges_over_udp_is_answered(address):
    with serve() as node, udp_socket(None, (address, PORT)) as datagrams:
        for number in range(COUNT):
            datagrams.send(text_of(number))
            answer = datagrams.recv(65536)
            assert answer == acknowledgement_udp(text_of(number)), f"exchange {number}"
        assert node.rest()[-2:] == summary(tcp=(0, 0, 0, 0), udp=(COUNT, COUNT, 0))
