# SPDX-License-Identifier: Apache-2.0
"""What both clients do with a server that does anything: one contract, extended for each."""

from __future__ import annotations

import asyncio
import threading
import unittest
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

import incipit
from incipit import (
    ClosedError,
    ConnectionLostError,
    DeadlineError,
    FencedError,
    GapError,
    NoNamespaceError,
    ProtocolError,
    RefusedError,
    Store,
    WidthError,
    aio,
    requests,
)
from incipit._connection import Connection
from tests.fake import CONTRACT, HELLO, MATCH, PATIENCE_S, PONG, FakeServer, Peer


def hello(peer: Peer) -> None:
    peer.answer(HELLO)


def healthy(peer: Peer) -> None:
    """Answers pings until the client ends."""
    hello(peer)
    while peer.request():
        peer.say(PONG)


def deaf(peer: Peer) -> None:
    """Answers the first request, takes what comes then and says nothing."""
    hello(peer)
    peer.answer(PONG)
    while peer.request():
        pass


class Bridge:
    """An asyncio client in a loop of its own, called as one for threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client: aio.Client = self._call(self._make(args, kwargs))

    @staticmethod
    async def _make(args: Any, kwargs: Any) -> aio.Client:
        return aio.Client(*args, **kwargs)

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    def within(self, timeout: float) -> Bridge:
        other = object.__new__(Bridge)
        other._loop = self._loop
        other._client = self._client.within(timeout)
        return other

    def settle(self) -> None:
        """Lets the loop see what has come."""

        async def turn() -> None:
            for _ in range(20):
                await asyncio.sleep(0)

        self._call(turn())

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *args, **kwargs: self._call(method(*args, **kwargs))

    def end(self) -> None:
        self._call(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_S)
        self._loop.close()


class Plain(incipit.Client):
    """The client for threads, with what the bridge has beyond it."""

    def settle(self) -> None:
        pass

    def end(self) -> None:
        self.close()


class ClientContract:
    """What a client does. Extended by a test case for each."""

    make: Callable[..., Any]
    in_flight: str  # the name of its bound, for patching

    @contextmanager
    def client(self, *scripts: Callable[[Peer], None], **options: Any) -> Iterator[Any]:
        options.setdefault("timeout", PATIENCE_S)
        with FakeServer(*scripts) as server:
            client = self.make("127.0.0.1", server.port, **options)
            client.server = server
            try:
                yield client
            finally:
                client.end()

    def test_reply_split_at_every_offset_gives_the_same(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(CONTRACT)
            for at in range(len(MATCH)):
                peer.request()
                peer.trickle([MATCH[:at], MATCH[at:]])

        with self.client(script) as client:
            got = {client.match("chat", [1, 2]) for _ in range(len(MATCH))}
        case(self).assertEqual({(2, 32, b"here")}, {(m.blocks, m.tokens, m.cursor) for m in got})

    def test_hello_byte_by_byte_is_understood(self) -> None:
        def script(peer: Peer) -> None:
            peer.request()
            peer.trickle(HELLO[i : i + 1] for i in range(len(HELLO)))
            peer.answer(PONG)

        with self.client(script) as client:
            client.ping()

    def test_server_ends_at_every_offset_of_a_reply_loses_the_request_only(self) -> None:
        def ending(at: int) -> Callable[[Peer], None]:
            def script(peer: Peer) -> None:
                hello(peer)
                peer.answer(CONTRACT, MATCH[:at])

            return script

        with self.client(*[ending(at) for at in range(len(MATCH))], healthy) as client:
            for at in range(len(MATCH)):
                with case(self).subTest(at=at), case(self).assertRaises(ConnectionLostError):
                    client.match("chat", [1, 2])
                client.settle()
            client.ping()

    def test_deadline_passed_drops_the_late_reply_and_goes_on(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(CONTRACT)
            peer.request()
            peer.request()
            peer.say(MATCH + PONG)

        with self.client(script) as client:
            client.ask(requests.contract_width("chat"))
            with case(self).assertRaises(DeadlineError):
                client.within(0.01).ask(requests.stats())
            client.ping()
            case(self).assertEqual(1, client.server.served)

    def test_deadline_passed_within_a_reply_drops_the_rest(self) -> None:
        go_on = threading.Event()

        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(PONG, b"$10\r\nabc")
            go_on.wait(PATIENCE_S)
            peer.say(b"defghij\r\n")
            peer.answer(PONG)

        with self.client(script) as client:
            client.ping()
            with case(self).assertRaises(DeadlineError):
                client.within(0.05).stats()
            go_on.set()
            client.ping()

    def test_silent_server_is_given_up_and_connected_anew(self) -> None:
        with self.client(deaf, healthy, silence=0.001) as client:
            client.ping()
            with case(self).assertRaises(DeadlineError):
                client.within(0.05).ping()
            client.ping()
            case(self).assertEqual(2, client.server.served)

    def test_more_in_flight_than_the_bound_ends_the_connection(self) -> None:
        with mock.patch(self.in_flight, 2), self.client(deaf, healthy) as client:
            client.ping()
            late = 0
            while True:
                try:
                    client.within(0.05).ping()
                except DeadlineError:
                    late += 1
                except ConnectionLostError:
                    break
            case(self).assertIn(late, range(2, 5))
            client.ping()
            case(self).assertEqual(2, client.server.served)

    def test_garbage_is_refused_and_connected_anew(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with self.client(script, healthy) as client:
            with case(self).assertRaises(ProtocolError):
                client.ping()
            client.settle()
            client.ping()

    def test_reply_above_the_limit_is_refused_before_it_comes(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(b"$100000\r\n")
            peer.request()  # the client ends: nothing more is needed for it to refuse

        with (
            self.client(script, reply_limit=5_000) as client,
            case(self).assertRaises(ProtocolError),
        ):
            client.stats()

    def test_reply_nobody_asked_for_ends_the_connection(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(PONG + b"+MORE\r\n")
            peer.request()

        with self.client(script, healthy) as client:
            client.ping()
            client.settle()
            client.ping()
            case(self).assertEqual(2, client.server.served)

    def test_pushes_between_replies_are_left_out(self) -> None:
        def script(peer: Peer) -> None:
            peer.answer(b">1\r\n+news\r\n" + HELLO, b">2\r\n+news\r\n:1\r\n" + PONG)

        with self.client(script) as client:
            client.ping()

    def test_reply_of_another_form_fails_its_request_only(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(b":1\r\n", PONG)

        with self.client(script) as client:
            with case(self).assertRaises(ProtocolError):
                client.ping()
            client.ping()

    def test_refusals_have_their_class_and_keep_the_connection(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(b"-GAP 4 got 9\r\n", b"-FENCED 2 over\r\n", b"-ERR what\r\n", PONG)

        with self.client(script) as client:
            with case(self).assertRaises(GapError) as gap:
                client.publish("chat", "gpu-0", 1, 9)
            case(self).assertEqual(4, gap.exception.expected)
            with case(self).assertRaises(FencedError) as fenced:
                client.publish("chat", "gpu-0", 1, 9)
            case(self).assertEqual(2, fenced.exception.current)
            with case(self).assertRaises(RefusedError) as other:
                client.ping()
            case(self).assertEqual("ERR", other.exception.code)
            client.ping()

    def test_contract_is_asked_once_and_again_after_a_refusal_of_width(self) -> None:
        seen: list[bytes] = []
        replies = [HELLO, CONTRACT, MATCH, MATCH, b"-WIDTH no\r\n", b"-NONAMESPACE no\r\n"]

        def script(peer: Peer) -> None:
            for reply in replies:
                seen.append(peer.request()[0])
                peer.say(reply)

        with self.client(script) as client:
            client.match("chat", [1])
            client.match("chat", [1])
            with case(self).assertRaises(WidthError):
                client.match("chat", [1])
            with case(self).assertRaises(NoNamespaceError):
                client.match("chat", [1])
        names = [b"HELLO", b"KVC.NAMESPACE", b"KVC.MATCH", b"KVC.MATCH", b"KVC.MATCH"]
        case(self).assertEqual([*names, b"KVC.NAMESPACE"], seen)

    def test_hash_of_another_width_is_refused_before_it_is_sent(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(CONTRACT, PONG)

        with self.client(script) as client:
            with case(self).assertRaisesRegex(ValueError, r"hashes\[0\]: 16 bytes \(expected: 8\)"):
                client.match("chat", [b"\0" * 16])
            client.ping()

    def test_idle_connection_ended_by_the_server_is_made_anew(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(PONG)

        with self.client(script, healthy) as client:
            client.ping()
            client.server.ended.acquire(timeout=PATIENCE_S)
            client.settle()
            client.ping()
            case(self).assertEqual(2, client.server.served)

    def test_nobody_there_is_a_lost_connection(self) -> None:
        with FakeServer() as server:
            port = server.port
        client = self.make("127.0.0.1", port)
        try:
            with case(self).assertRaises(ConnectionLostError):
                client.ping()
        finally:
            client.end()

    def test_server_of_another_kind_is_refused(self) -> None:
        redis = HELLO.replace(b"$7\r\nincipit", b"$5\r\nredis")
        refusal = b"-NOAUTH Authentication required.\r\n"
        with self.client(
            lambda peer: peer.answer(redis), lambda peer: peer.answer(refusal), healthy
        ) as client:
            with case(self).assertRaisesRegex(ProtocolError, "redis .expected: incipit"):
                client.ping()
            with case(self).assertRaisesRegex(RefusedError, "NOAUTH"):
                client.ping()
            client.ping()

    def test_closed_client_refuses_and_wakes_who_waits(self) -> None:
        asked = threading.Event()

        def script(peer: Peer) -> None:
            hello(peer)
            peer.request()
            asked.set()
            peer.request()

        with self.client(script) as client, ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.ping)
            case(self).assertTrue(asked.wait(PATIENCE_S))
            client.close()
            with case(self).assertRaises(ClosedError):
                waiting.result(PATIENCE_S)
            with case(self).assertRaises(ClosedError):
                client.ping()
            client.close()

    def test_server_that_takes_nothing_meets_the_deadline(self) -> None:
        done = threading.Event()

        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(CONTRACT)
            done.wait(PATIENCE_S)

        with self.client(script, healthy, silence=0.001) as client:
            big = [Store(b"\0" * 8 * 131_072)] * 7
            with case(self).assertRaises(DeadlineError):
                client.within(1.0).publish("chat", "gpu-0", 1, 1, big)
            done.set()
            client.ping()
            case(self).assertEqual(2, client.server.served)

    def test_many_at_once_get_each_its_own_reply(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            while words := peer.request():
                if words[0] == b"KVC.NAMESPACE":
                    peer.say(CONTRACT)
                else:
                    blocks = len(words[2]) // 8
                    peer.say(b"*5\r\n:%d\r\n:0\r\n:0\r\n$0\r\n\r\n$0\r\n\r\n" % blocks)

        def ask(blocks: int) -> bool:
            return bool(client.match("chat", b"\0" * 8 * blocks).blocks == blocks)

        with self.client(script) as client, ThreadPoolExecutor(16) as pool:
            case(self).assertTrue(all(pool.map(ask, [i % 100 for i in range(2_000)])))
            case(self).assertEqual(1, client.server.served)

    def test_wrong_settings_are_refused(self) -> None:
        settings: list[tuple[dict[str, Any], str]] = [
            ({"host": ""}, "host: empty"),
            ({"port": 0}, "port: 0 .expected: 1 to 65535"),
            ({"timeout": 0}, "timeout: 0 .expected: above 0"),
            ({"timeout": float("nan")}, "timeout: nan"),
            ({"silence": -1}, "silence: -1"),
        ]
        for wrong, message in settings:
            with case(self).assertRaisesRegex(ValueError, message):
                self.make(**wrong)


def case(contract: Any) -> unittest.TestCase:
    """The test case that a contract is part of, to its types."""
    assert isinstance(contract, unittest.TestCase)
    return contract


class SyncClientTest(ClientContract, unittest.TestCase):
    make = Plain
    in_flight = "incipit._connection.IN_FLIGHT_MAX"

    def test_ask_all_refusals_are_in_their_place(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.answer(PONG, b"-BUSY 3 later\r\n", *[PONG] * 198)

        with self.client(script) as client:
            got = client.ask_all([requests.ping()] * 200)
            self.assertIsInstance(got.pop(1), incipit.BusyError)
            self.assertEqual([None] * 199, got)

    def test_sending_that_is_broken_off_is_followed_by_a_new_connection(self) -> None:
        with self.client(healthy, healthy) as client:
            client.ping()
            with (
                mock.patch.object(Connection, "_write", side_effect=KeyboardInterrupt),
                self.assertRaises(KeyboardInterrupt),
            ):
                client.ping()
            client.ping()
            self.assertEqual(2, client.server.served)

    def test_ask_all_of_nothing_is_nothing(self) -> None:
        with self.client(healthy) as client:
            self.assertEqual([], client.ask_all([]))


class AioClientTest(ClientContract, unittest.TestCase):
    make = Bridge
    in_flight = "incipit.aio.IN_FLIGHT_MAX"

    def test_cancelled_request_drops_its_reply(self) -> None:
        def script(peer: Peer) -> None:
            hello(peer)
            peer.request()
            peer.request()
            peer.say(b":1\r\n" + PONG)

        async def cancel(port: int) -> None:
            async with aio.Client(port=port, timeout=PATIENCE_S) as client:
                task = asyncio.ensure_future(client.stats())
                while not client._link._connection or not client._link._connection._pending:
                    await asyncio.sleep(0)
                task.cancel()
                await client.ping()

        with FakeServer(script) as server:
            asyncio.run(cancel(server.port))


if __name__ == "__main__":
    unittest.main()
