# SPDX-License-Identifier: BSD-3-Clause
"""Two nodes in Python on this computer: what app/SPEC.md, 5 to 12, promises."""

import random
import socket
import time

import msgr
import pytest
from support.frames import TYPES, random_frame
from world import ALICE, BOB, World

HOSTS = {"ipv4": "127.0.0.1", "ipv6": "::1"}


def in_url(host):
    return f"[{host}]" if ":" in host else host


def pair(world, kind="udp", host="127.0.0.1", **relay):
    """alice is connected to bob, perhaps through a relay."""
    bob = world.app("bob", BOB)
    port = bob.node.listen(host, 0, udp=kind == "udp", tcp=kind == "tcp")
    if relay:
        port = world.relay((host, port), **relay).port
    alice = world.app("alice", ALICE)
    alice.node.connect(f"{kind}://{in_url(host)}:{port}/bob")
    return alice, bob


def are_up(*apps):
    return all(any(peer.is_up for peer in app.node.peers.values()) for app in apps)


def exchange(world, alice, bob, texts):
    for sender, peer in (alice, "bob"), (bob, "alice"):
        for text in texts:
            sender.send(peer, text)
    world.run_until(lambda: len(alice.outcomes) == len(bob.outcomes) == len(texts))
    for app in alice, bob:
        assert set(app.outcomes.values()) == {("delivered", None)}
        assert app.messages == texts


@pytest.mark.parametrize("version", HOSTS)
@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_a_thousand_messages_each_way(kind, version):
    with World() as world:
        alice, bob = pair(world, kind, HOSTS[version])
        exchange(world, alice, bob, [b"%d" % number + b"." * 60 for number in range(1000)])


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 4096, 65536])
def test_sizes(kind, size):
    with World() as world:
        alice, bob = pair(world, kind)
        exchange(world, alice, bob, [bytes([number]) * size for number in range(5)])


@pytest.mark.parametrize("seed", range(3))
def test_loss_of_30_percent_each_way(seed):
    with World() as world:
        alice, bob = pair(world, seed=seed, loss=0.3, repeat=0.1, reorder=0.1)
        exchange(world, alice, bob, [b"%d" % number for number in range(200)])


def test_long_messages_with_loss():
    with World() as world:
        alice, bob = pair(world, loss=0.2, repeat=0.1, reorder=0.1)
        exchange(world, alice, bob, [bytes([number]) * 4096 for number in range(20)])


def test_everything_twice_comes_once():
    with World() as world:
        alice, bob = pair(world, repeat=1.0)
        exchange(world, alice, bob, [b"%d" % number for number in range(100)])


def test_changed_datagrams_are_as_good_as_lost():
    with World() as world:
        alice, bob = pair(world, change=0.2)
        exchange(world, alice, bob, [b"%d" % number for number in range(200)])


def test_several_peers_and_both_transports_at_once():
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        bob.node.listen("127.0.0.1", port, udp=False)
        others = [world.app(f"client{number}", ALICE + number) for number in range(6)]
        for number, other in enumerate(others):
            other.node.connect(f"{'tcp' if number % 2 else 'udp'}://127.0.0.1:{port}")
            other.send("bob", other.node.name.encode())
        world.run_until(lambda: all(other.outcomes for other in others))
        assert sorted(bob.messages) == [other.node.name.encode() for other in others]


@pytest.mark.parametrize("host", ["127.0.0.2", "[::1]", "localhost"])
@pytest.mark.parametrize("kind", ["udp", "tcp"])
def test_who_listens_everywhere_answers_from_the_address_that_was_asked(kind, host):
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen(port=0, udp=kind == "udp", tcp=kind == "tcp")
        alice = world.app("alice", ALICE)
        alice.node.connect(f"{kind}://{host}:{port}/bob")
        alice.send("bob", b"hello")
        world.run_until(lambda: alice.outcomes)
        assert bob.messages == [b"hello"]


def test_one_peer_over_two_links_goes_on_when_one_ends():
    with World() as world:
        alice, bob = pair(world, "tcp")
        world.run_until(lambda: are_up(alice, bob))
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        alice.node.connect(f"udp://127.0.0.1:{port}/bob")
        peer = alice.node.peers["bob"]
        world.run_until(lambda: len(peer.links) == 2)
        bob.is_taking = False
        alice.send("bob", b"under way")
        alice.node.connectors[0].url.port = 1
        alice.node.lose(peer.links[0], "link")
        bob.is_taking = True
        exchange_from = len(bob.messages)
        world.run_until(lambda: alice.outcomes)
        assert bob.messages[exchange_from:] == [b"under way"]
        assert ("down", "bob", "link") not in alice.others


# ---- outcomes --------------------------------------------------------------------------------


def test_nobody_there_is_not_delivered():
    with World() as world:
        alice = world.app("alice", ALICE)
        handle = alice.send("bob", b"hello", 0.1)
        world.run_until(lambda: alice.outcomes)
        assert alice.outcomes == {handle: ("not delivered", "deadline")}


def test_delivered_only_when_taken():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        bob.is_taking = False
        handle = alice.send("bob", b"hello")
        world.run_until(lambda: any(event.kind == "message" for event in bob.node.events))
        world.run_for(0.2)
        assert alice.outcomes == {}
        bob.is_taking = True
        world.run_until(lambda: alice.outcomes)
        assert alice.outcomes == {handle: ("delivered", None)}


def test_transmitted_and_out_of_time_is_unknown_and_the_next_arrives():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        bob.is_taking = False
        handle = alice.send("bob", b"never mind", 0.1)
        world.run_until(lambda: alice.outcomes)
        assert alice.outcomes == {handle: ("unknown", "deadline")}
        bob.is_taking = True
        alice.send("bob", b"next")
        world.run_until(lambda: len(alice.outcomes) == 2)
        assert bob.messages == [b"never mind", b"next"]


def test_cancelled_in_the_middle_is_unknown_and_the_next_arrives():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        handle = alice.send("bob", b"never mind" * 6000)
        behind = alice.send("bob", b"nor this")
        assert alice.node.cancel(handle) and alice.node.cancel(behind)
        assert not alice.node.cancel(handle)
        alice.send("bob", b"next")
        world.run_until(lambda: len(alice.outcomes) == 3)
        assert alice.outcomes[handle] == ("unknown", "cancelled")
        assert alice.outcomes[behind] == ("not delivered", "cancelled")
        assert bob.messages == [b"next"]


def test_deadlines_with_loss_leave_no_gap():
    """Floors pass what was given up; what was not is delivered, once and in order."""
    with World() as world:
        alice, bob = pair(world, loss=0.3, repeat=0.1, reorder=0.1)
        world.run_until(lambda: are_up(alice, bob))
        texts = [b"%d" % number + b"." * (3000 if number % 5 == 0 else 10) for number in range(100)]
        handles = [alice.send("bob", text, 0.05 if number % 3 else 20)
                   for number, text in enumerate(texts)]
        world.run_until(lambda: len(alice.outcomes) == len(texts))
        sent = dict(zip(handles, texts))
        arrived = [texts.index(text) for text in bob.messages]
        assert arrived == sorted(set(arrived))
        for handle, (outcome, _) in alice.outcomes.items():
            assert outcome != "delivered" or sent[handle] in bob.messages
            assert outcome != "not delivered" or sent[handle] not in bob.messages
            assert (handle - 1) % 3 or outcome == "delivered"


def test_who_takes_nothing_closes_the_window():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        bob.is_taking = False
        for _ in range(1200):
            alice.send("bob", b".")
        world.run_for(0.3)
        waiting = len(alice.node.peers["bob"].waiting)
        assert waiting == 1200 - bob.node.limits["guaranteed"]
        bob.is_taking = True
        world.run_until(lambda: len(alice.outcomes) == 1200)
        assert len(bob.messages) == 1200


# ---- restarts and silence --------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("who", ["opener", "accepter"])
def test_a_restart_is_noticed_and_what_was_under_way_is_unknown(kind, who):
    with World() as world:
        own, other = (BOB, ALICE) if who == "opener" else (ALICE, BOB)
        bob = world.app("bob", other)
        port = bob.node.listen("127.0.0.1", 0, udp=kind == "udp", tcp=kind == "tcp")
        alice = world.app("alice", own)
        alice.node.connect(f"{kind}://127.0.0.1:{port}")
        world.run_until(lambda: are_up(alice, bob))
        bob.is_taking = False
        handle = alice.send("bob", b"under way")
        world.run_until(lambda: any(event.kind == "message" for event in bob.node.events))
        world.end(bob)
        bob = world.app("bob", other)
        bob.node.listen("127.0.0.1", port, udp=kind == "udp", tcp=kind == "tcp")
        world.run_until(lambda: alice.outcomes)
        assert alice.outcomes == {handle: ("unknown", "restarted")}
        after = alice.send("bob", b"after")
        world.run_until(lambda: len(alice.outcomes) == 2)
        assert alice.outcomes[after] == ("delivered", None)
        assert bob.messages == [b"after"]


def test_a_client_that_restarts_again_and_again_is_not_kept_waiting():
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        for number in range(2):  # a third one waits until a link is silent (7.3)
            alice = world.app("alice", ALICE)
            started = time.monotonic()
            alice.node.connect(f"udp://127.0.0.1:{port}")
            alice.send("bob", b"%d" % number)
            world.run_until(lambda: alice.outcomes)
            assert time.monotonic() - started < 0.4
            world.end(alice)
        assert bob.messages == [b"0", b"1"]


def test_silence_is_noticed_and_the_conversation_goes_on_afterwards():
    with World() as world:
        alice, bob = pair(world, loss=0.0)
        relay = world.parts[1]
        world.run_until(lambda: are_up(alice, bob))
        relay.loss = 1.0
        started = time.monotonic()
        world.run_until(lambda: ("down", "bob", "silent") in alice.others
                        and ("down", "alice", "silent") in bob.others)
        assert time.monotonic() - started < 3.5 * 0.5
        alice.send("bob", b"later")
        relay.loss = 0.0
        world.run_until(lambda: alice.outcomes)
        assert bob.messages == [b"later"]
        assert ("down", "bob", "restarted") not in alice.others


def test_an_idle_link_stays_up():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        world.run_for(2.0)  # four heartbeat intervals
        assert alice.others == [("up", "bob", None)]
        assert bob.others == [("up", "alice", None)]


def test_a_node_that_ends_is_missed_at_once():
    with World() as world:
        alice, bob = pair(world)
        world.run_until(lambda: are_up(alice, bob))
        alice.node.close()
        world.parts.remove(alice)
        world.run_until(lambda: ("down", "alice", "link") in bob.others, 0.4)


def test_tcp_is_connected_again():
    with World() as world:
        alice = world.app("alice", ALICE)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        alice.node.connect(f"tcp://127.0.0.1:{port}/bob")
        alice.send("bob", b"early")
        world.run_for(0.3)
        bob = world.app("bob", BOB)
        bob.node.listen("127.0.0.1", port, udp=False)
        world.run_until(lambda: alice.outcomes)
        assert bob.messages == [b"early"]


# ---- refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("name, identity, reason", [
    ("bob", ALICE, "name taken"), ("alice", BOB, "self"), ("alice", ALICE + 1, "name taken")])
def test_refused(kind, name, identity, reason):
    with World() as world:
        alice, bob = pair(world, kind)
        world.run_until(lambda: are_up(alice, bob))
        port = next(iter(bob.node.watched)).getsockname()[1]
        third = world.app(name, identity)
        third.node.connect(f"{kind}://127.0.0.1:{port}")
        world.run_until(lambda: third.others)
        assert third.others[0] == ("refused", None, reason)


def test_somebody_else_is_there():
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        alice = world.app("alice", ALICE)
        alice.node.connect(f"udp://127.0.0.1:{port}/carol")
        world.run_until(lambda: alice.others)
        assert alice.others == [("refused", "carol", "the node there is bob")]


def test_what_is_too_long_is_said_at_once_or_becomes_an_outcome():
    with World() as world:
        bob = world.app("bob", BOB, message_max=100)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        alice = world.app("alice", ALICE)
        early = alice.send("bob", bytes(101))
        alice.node.connect(f"udp://127.0.0.1:{port}/bob")
        world.run_until(lambda: alice.outcomes)
        assert alice.outcomes == {early: ("not delivered", "too long")}
        with pytest.raises(msgr.Mistake, match="at most 100"):
            alice.send("bob", bytes(101))


def test_places_of_peers_that_are_gone_are_used_again(monkeypatch):
    monkeypatch.setattr(msgr, "PEERS_MAX", 2)
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        guests = []
        for number in range(4):
            guest = world.app(f"guest{number}", ALICE + number)
            guest.node.connect(f"udp://127.0.0.1:{port}")
            world.run_until(lambda: guest.others)
            guests.append(guest)
            if number == 2:
                assert guest.others == [("refused", None, "full")]
                for other in guests:
                    world.parts.remove(other)
                    other.node.close()
                world.run_until(lambda: not bob.node.links)
        assert guest.others == [("up", "bob", None)]
        assert sorted(bob.node.peers) == ["guest1", "guest3"]


# ---- strangers -------------------------------------------------------------------------------


def ask(world, port, data):
    """What comes back for a datagram from nobody; nothing, if nothing has after 0.1 s."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setblocking(False)
        stranger.sendto(data, ("127.0.0.1", port))
        world.run_for(0.1)
        try:
            return stranger.recv(2048)
        except BlockingIOError:
            return None


def hello_of(lowest=1, highest=1):
    return msgr.Frame("HELLO", lowest=lowest, highest=highest, identity=7, token=8, name=b"x",
                      cookie=b"")


def test_a_version_that_is_not_spoken_is_refused():
    hello = hello_of(2, 3)
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.connect(("127.0.0.1", port))
            stranger.setblocking(False)
            for expected in "COOKIE", "REFUSE":
                stranger.send(msgr.datagram([hello]))
                world.run_for(0.1)
                answer = msgr.read(stranger.recv(2048)[4:])[0]
                assert answer.type == expected
                hello.fields["cookie"] = answer.fields.get("cookie")
        assert (answer["code"], answer["lowest"], answer["highest"]) == (1, 1, 1)
        assert not bob.node.links


def test_strangers_get_no_more_than_they_sent_and_leave_nothing():
    hello = hello_of()
    reset = msgr.Frame("RESET", id=1)
    floor = msgr.Frame("FLOOR", id=1, floor=1)
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, tcp=False)
        answer = ask(world, port, msgr.datagram([hello]))
        assert msgr.read(answer[4:])[0].type == "COOKIE"
        assert len(answer) <= len(msgr.datagram([hello]))
        assert msgr.read(ask(world, port, msgr.datagram([floor]))[4:])[0].type == "UNKNOWN"
        for silent in (b"hello", b"", msgr.datagram([reset]), msgr.datagram([]),
                       msgr.datagram([hello], version=2), msgr.datagram([hello])[:-1],
                       msgr.datagram([msgr.Frame("UNKNOWN")]),
                       msgr.datagram([hello_of(lowest=0)]), msgr.datagram([hello_of(lowest=2)])):
            assert ask(world, port, silent) is None
        assert not bob.node.links and not bob.node.peers


@pytest.mark.parametrize("kind", ["udp", "tcp"])
@pytest.mark.parametrize("seed", range(3))
def test_nonsense_of_a_peer_does_no_harm(kind, seed):
    """Frames that follow the layouts, with right checks, and fields from the dice."""
    dice = random.Random(seed)
    with World() as world:
        alice, bob = pair(world, kind)
        for _ in range(15):
            world.run_until(lambda: are_up(alice, bob))
            conversation = alice.node.peers["bob"].conversation
            for _ in range(40):
                frame = nonsense(dice, conversation)
                conversation.peer.link.outbox.append(msgr.write(frame, conversation.prefix))
            alice.node.flush()
            world.run_for(0.01)
        guest = world.app("guest", BOB + 1)
        url = alice.node.connectors[0].url
        guest.node.connect(f"{kind}://127.0.0.1:{url.port}/bob")
        guest.send("bob", b"still there?")
        world.run_until(lambda: guest.outcomes)
        assert list(guest.outcomes.values()) == [("delivered", None)]


def test_nonsense_of_strangers_does_no_harm():
    dice = random.Random(1)
    with World() as world, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        alice, bob = pair(world)
        port = alice.node.connectors[0].url.port
        for _ in range(500):
            frame = msgr.write(random_frame(dice, dice.choice(list(TYPES))))
            for data in frame, dice.randbytes(dice.randrange(60)):
                stranger.sendto(msgr.MARK + bytes([1]) + data, ("127.0.0.1", port))
            world.step(time.monotonic() + 1)
        exchange(world, alice, bob, [b"still there?"])
        assert list(bob.node.peers) == ["alice"]


def nonsense(dice, conversation):
    """A frame for the peer; as often as not with numbers that are near the right ones."""
    frame = random_frame(dice, dice.choice(list(TYPES)))
    near = {"number": conversation.sending.next, "floor": conversation.sending.next,
            "received": conversation.receiving.received}
    for name in frame.fields:
        if name == "id" and dice.random() < 0.9:
            frame.fields[name] = conversation.id
        elif name in near and dice.random() < 0.5:
            frame.fields[name] = msgr.ahead(near[name], dice.randint(-40, 40))
        elif name in ("room", "untaken"):
            frame.fields[name] = dice.randrange(40)
    frame.rest = b""
    return frame


def test_plain_text_on_a_stream_is_not_answered():
    with World() as world:
        bob = world.app("bob", BOB)
        port = bob.node.listen("127.0.0.1", 0, udp=False)
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.sendall(b"hello")
            world.run_until(lambda: not bob.node.links and len(bob.node.watched) == 1)


# ---- what users write ------------------------------------------------------------------------


@pytest.mark.parametrize("text, expected", [
    ("udp://192.0.2.7/bob", ("udp", "192.0.2.7", 9999, "bob")),
    ("tcp://host.example:12", ("tcp", "host.example", 12, None)),
    ("udp://[fe80::7%eth0]:1/%E6%B8%A9", ("udp", "fe80::7%eth0", 1, "温")),
    ("udp://[::1]", ("udp", "::1", 9999, None))])
def test_addresses(text, expected):
    assert msgr.parse_url(text) == msgr.Url(*expected)


@pytest.mark.parametrize("text", ["bob", "http://x/bob", "udp://::1/bob", "udp://a:0/b",
                                  "udp://a:70000", "udp:///bob", "udp://a/" + "n" * 32])
def test_what_is_no_address(text):
    with pytest.raises(msgr.Mistake):
        msgr.parse_url(text)


@pytest.mark.parametrize("name", ["", "n" * 32, "new\nline", "\x9b", "温" * 11])
def test_what_is_no_name(name):
    with pytest.raises(msgr.Mistake, match="no name"):
        msgr.Node(name)
