# SPDX-License-Identifier: BSD-3-Clause
"""The other side of a conversation, on ordinary Python sockets; nothing waits without a bound."""

import contextlib
import socket
import struct
import threading

BOUND_S = 10
PORT = 9999
REFUSAL = b"Message refused: longer than 1024 bytes."


def acknowledgement(text):
    """The answer over TCP."""
    return b"Message received: " + text + b". Thank you."


def acknowledgement_udp(text):
    """The answer over UDP: Python's own repr() is the law here."""
    return f"Message received: {bytes(text)!r}. Thank you.".encode()


def family_of(address):
    return socket.AF_INET6 if ":" in address[0] else socket.AF_INET


# ---- TCP -------------------------------------------------------------------------------------


def connect(server):
    connection = socket.socket(family_of(server), socket.SOCK_STREAM)
    connection.settimeout(BOUND_S)
    connection.connect(server)
    return connection


def read_all(connection):
    """Everything up to the other side's FIN. A reset is an error."""
    answer = b""
    while data := connection.recv(65536):
        answer += data
    return answer


def ask(server, text):
    """One exchange over TCP."""
    with connect(server) as connection:
        connection.sendall(text)
        if not text:
            connection.shutdown(socket.SHUT_WR)
        return read_all(connection)


def send_unpushed(connection, data):
    """Sends data at once in a segment without the PSH flag: MSG_MORE leaves the flag away and the
    data unsent; setting TCP_NODELAY, even again, sends what is left."""
    assert connection.send(data, socket.MSG_MORE) == len(data)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def send_pushed(connection, data):
    """Sends data at once in a segment of its own with the PSH flag."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    assert connection.send(data) == len(data)


def reset(connection):
    """Closes with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def is_reset(connection):
    """Waits for the other side's reset; anything else is not one."""
    try:
        return connection.recv(65536) is None
    except ConnectionResetError:
        return True


def listen(address):
    listener = socket.socket(family_of(address), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.settimeout(BOUND_S)
    listener.bind(address)
    listener.listen(128)
    return listener


class Server:
    """What a test lets a server do, in a thread of its own, while its client runs.

    An error of the thread is the test's error.
    """

    def __init__(self, work, *arguments):
        self.error = None
        self.result = None
        self._thread = threading.Thread(target=self._run, args=(work, *arguments), daemon=True)
        self._thread.start()

    def _run(self, work, *arguments):
        try:
            self.result = work(*arguments)
        except BaseException as error:  # pylint: disable=broad-except
            self.error = error

    def is_waiting(self):
        return self._thread.is_alive()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self._thread.join(2 * BOUND_S)
        if kind is None:
            assert not self._thread.is_alive(), "the server's thread still waits"
            if self.error is not None:
                raise self.error


@contextlib.contextmanager
def tcp_server(address, converse):
    """Accepts one client and calls converse(connection) for it; it is closed afterwards."""
    with listen(address) as listener:

        def work():
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(BOUND_S)
                return converse(connection)

        with Server(work) as server:
            yield server


# ---- UDP -------------------------------------------------------------------------------------


def udp_socket(address=None, connected=None):
    """A datagram socket, bound to an address or connected to one, or both."""
    datagrams = socket.socket(family_of(address or connected), socket.SOCK_DGRAM)
    datagrams.settimeout(BOUND_S)
    if address is not None:
        datagrams.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        datagrams.bind(address)
    if connected is not None:
        datagrams.connect(connected)
    return datagrams


def ask_udp(server, text, source=None, bound_s=BOUND_S):
    """One exchange over UDP, from a source of our choice. Only the server's own address and port
    may answer: the socket is connected."""
    with udp_socket(source, server) as datagrams:
        datagrams.settimeout(bound_s)
        datagrams.send(text)
        return datagrams.recv(65536)


def has_nothing(datagrams):
    """Nothing has come so far."""
    datagrams.setblocking(False)
    try:
        return datagrams.recv(65536) is None
    except BlockingIOError:
        return True
    finally:
        datagrams.settimeout(BOUND_S)


# ---- either ----------------------------------------------------------------------------------


def answer_once(server):
    """One exchange of a server on this socket, which listens or is for datagrams; the text."""
    if server.type == socket.SOCK_DGRAM:
        text, client = server.recvfrom(65536)
        server.sendto(acknowledgement_udp(text), client)
        return text
    connection, _ = server.accept()
    with connection:
        connection.settimeout(BOUND_S)
        text = connection.recv(65536)
        connection.sendall(acknowledgement(text))
        assert connection.recv(65536) == b""
    return text
