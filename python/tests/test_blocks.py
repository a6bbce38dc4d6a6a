# SPDX-License-Identifier: Apache-2.0
"""Blocks put and read: against a server played by the test, and a real one."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import random
import socket
import tempfile
import threading
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from incipit import (
    Blocks,
    Client,
    ClosedError,
    Committed,
    ConnectionLostError,
    Contract,
    ContractError,
    DeadlineError,
    End,
    NoNamespaceError,
    ProtocolError,
    PutOutcome,
    RefusedError,
    _checksums,
    _client,
    _connection,
    _shared,
    aio,
    requests,
)
from incipit._pending import Deadline, frame
from tests.fake import CONTRACT, HELLO, PONG, FakeServer, Peer
from tests.real import RealServer, shared

SHM = Path("/dev/shm")
POOL = "incipit-pool-" + "0a" * 16
OK = b"+OK\r\n"
NAMES = (f"blocks-{i}" for i in itertools.count())


def _table() -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


TABLE = _table()


def crc32c(data: bytes) -> int:
    """Slow, so for small blocks only."""
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def sums(data: bytes) -> bytes:
    parts = [data[at : at + 65_536] for at in range(0, len(data), 65_536)]
    return b"".join(crc32c(part).to_bytes(4, "little") for part in parts)


def bulk(data: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(data), data)


def block(data: bytes) -> bytes:
    return b"*2\r\n" + bulk(sums(data)) + bulk(data)


def place(offset: int, data: bytes) -> bytes:
    return b"*4\r\n:%d\r\n:%d\r\n:7\r\n" % (offset, len(data)) + bulk(sums(data))


def located(path: bytes, *places: bytes, lease_ms: int = 30_000) -> bytes:
    head = b"*%d\r\n*2\r\n" % (2 + len(places)) + bulk(path) + b":%d\r\n" % lease_ms
    return head + b"".join(places) + b"+MISS %d\r\n" % len(places)


def with_crc(found: Callable[[bytes], int] | None) -> contextlib.AbstractContextManager[object]:
    return mock.patch.object(_checksums, "crc", found)


class RequestTest(unittest.TestCase):
    def words(self, *replies: bytes, ask: Callable[[Client], object]) -> list[list[bytes]]:
        """What a client sends beyond its greeting and the question for the contract."""
        seen: list[list[bytes]] = []

        def script(peer: Peer) -> None:
            peer.answer(HELLO)
            for reply in replies:
                seen.append(peer.request())
                peer.say(reply)

        with FakeServer(script) as server, Client(port=server.port, timeout=60) as client:
            ask(client)
        return seen

    def test_put_of_any_buffer_is_the_last_word(self) -> None:
        for data in (b"abc", bytearray(b"abc"), memoryview(b"xabc")[1:]):
            request = requests.put("chat", "p", 1, data, part=1, parts=2)
            seen = self.words(CONTRACT, OK, ask=functools.partial(Client.ask, request=request))
            self.assertEqual(
                [b"KVC.PUT", b"chat", b"p", b"", b"\0" * 7 + b"\1", b"1/2", b"abc"], seen[1]
            )

    def test_put_large_is_not_copied(self) -> None:
        data = random.Random(1).randbytes(3 << 20)
        request = requests.put("chat", "p", 2, data, parent=1)
        stretches = frame(request, 8)
        self.assertEqual(3, len(stretches))
        body = stretches[1]
        assert isinstance(body, memoryview)
        self.assertIs(data, body.obj)
        seen = self.words(CONTRACT, b"+HAVE\r\n", ask=lambda c: c.ask(request))
        self.assertEqual(data, seen[1][-1])
        self.assertEqual(b"\0" * 7 + b"\1", seen[1][3])

    def test_put_that_is_cancelled_sends_what_it_was_given(self) -> None:
        data = bytearray(random.Random(1).randbytes(1 << 20))
        given = bytes(data)
        queued: list[bytes | memoryview] = []

        async def go() -> None:
            loop = asyncio.get_running_loop()
            writer = mock.Mock()
            writer.write = queued.append  # as CPython 3.12 and later where the way is full
            writer.drain = mock.AsyncMock(side_effect=loop.create_future)
            made = aio._Connection("here", asyncio.StreamReader(), writer, 1 << 20)
            request = requests.put("chat", "p", 1, data)
            task = asyncio.create_task(made.ask(frame(request, 8)))
            while len(queued) < 3:
                await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            data[:] = bytes(len(data))
            made.end(ClosedError("done"))

        asyncio.run(go())
        self.assertTrue(b"".join(queued).endswith(given + b"\r\n"))

    def test_put_of_what_is_no_such_thing_is_refused_before(self) -> None:
        odd = memoryview(b"abcd")[::2]
        cases: list[tuple[Callable[[], object], str]] = [
            (lambda: requests.put("c", "p", 1, odd), "data: in many stretches"),
            (lambda: requests.put("c", "p", 1, b"", part=2, parts=2), "part: 2 of 2"),
            (lambda: requests.put("c", "", 1, b""), "put: 0 bytes"),
            (lambda: requests.put("c", "p", 1, bytes(257 << 20)), "data: 269484032 bytes"),
            (lambda: requests.read("c", [1], part=4_096), "part: 4096"),
            (lambda: requests.read("c", bytes(8 * 16_385)).words(8), "hashes: 16385"),
            (lambda: requests.attach("c", colour="red"), "field: colour"),
        ]
        for ask, message in cases:
            with self.subTest(message), self.assertRaises(ValueError) as raised:
                ask()
            self.assertTrue(str(raised.exception).startswith(message), raised.exception)

    def test_attach_is_said_again_on_each_connection(self) -> None:
        said: list[list[bytes]] = []

        def first(peer: Peer) -> None:
            peer.answer(HELLO)
            said.append(peer.request())
            peer.say(OK)

        def second(peer: Peer) -> None:
            peer.answer(HELLO)
            said.append(peer.request())
            peer.say(b"-NONAMESPACE chat (expected: one that exists)\r\n")
            peer.answer(b"*3\r\n:1\r\n:2\r\n:3\r\n")

        with FakeServer(first, second) as server, Client(port=server.port, timeout=60) as client:
            client.attach("chat", dtype="bfloat16", block_tokens=16)
            self.assertTrue(server.ended.acquire(timeout=60))
            self.assertEqual(Committed(1, 2, 3), client.commit("chat", "p"))
        words = [b"KVC.ATTACH", b"chat", b"DTYPE", b"bfloat16", b"BLOCKTOKENS", b"16"]
        self.assertEqual([words, words], said)

    def attached(self, ask: Callable[[int], None], reply: bytes) -> list[bytes]:
        """The commands of a second connection, after `reply` to an attach on the first one."""
        said: list[bytes] = []

        def first(peer: Peer) -> None:
            peer.answer(HELLO, reply)
            peer.request()  # which has no reply

        def second(peer: Peer) -> None:
            peer.answer(HELLO)
            while words := peer.request():
                said.append(words[0])
                peer.say(PONG if words[0] == b"PING" else OK)

        with FakeServer(first, second) as server:
            ask(server.port)
        return said

    def test_attach_answered_by_a_connection_that_is_replaced_is_said_to_the_next(self) -> None:
        exchange = _client._exchange

        def go(port: int) -> None:
            with Client(port=port, timeout=60) as client:

                def replacing(*asked: Any) -> object:
                    found = exchange(*asked)
                    if asked[0] is before and asked[1].words(0)[0] == b"KVC.ATTACH":
                        before.close(ConnectionLostError("test"))
                        client.ping()
                    return found

                before = client._link.open(Deadline(60))
                with mock.patch.object(_client, "_exchange", replacing):
                    client.attach("chat")

        self.assertEqual([b"KVC.ATTACH", b"PING"], self.attached(go, OK))

    def test_attach_of_asyncio_is_said_to_the_next_connection_likewise(self) -> None:
        exchange = aio._exchange

        async def go(port: int) -> None:
            async with aio.Client(port=port, timeout=60) as client:

                async def replacing(*asked: Any) -> object:
                    found = await exchange(*asked)
                    if asked[0] is before and asked[1].words(0)[0] == b"KVC.ATTACH":
                        before.end(ConnectionLostError("test"))
                        await (await client._link.open()).ask(frame(requests.ping(), 0))
                    return found

                before = await client._link.open()
                with mock.patch.object(aio, "_exchange", replacing):
                    await client.attach("chat")

        said = self.attached(lambda port: asyncio.run(go(port)), OK)
        self.assertEqual([b"KVC.ATTACH", b"PING"], said)

    def test_attach_that_is_refused_is_not_said_again(self) -> None:
        def go(port: int) -> None:
            with Client(port=port, timeout=60) as client:
                before = client._link.open(Deadline(60))
                with self.assertRaises(ContractError):
                    client.attach("chat")
                before.close(ConnectionLostError("test"))
                client.ping()

        said = self.attached(go, b"-CONTRACT DTYPE: a (expected: b)\r\n")
        self.assertEqual([b"PING"], said)

    def test_drop_that_fails_leaves_the_namespace_attached(self) -> None:
        def go(port: int) -> None:
            with Client(port=port, timeout=60) as client:
                client.attach("chat")
                with self.assertRaises(ConnectionLostError):
                    client.drop_namespace("chat")
                client.ping()

        self.assertEqual([b"KVC.ATTACH", b"PING"], self.attached(go, OK))


class ReadTest(unittest.TestCase):
    def read(self, reply: bytes) -> Blocks:
        def script(peer: Peer) -> None:
            peer.answer(HELLO, CONTRACT, reply)

        with FakeServer(script) as server, Client(port=server.port, timeout=60) as client:
            return client.read("chat", [1, 2, 3], deadline_ms=20)

    def test_blocks_are_their_bytes(self) -> None:
        data = random.Random(1).randbytes(70_000)
        reply = b"*4\r\n" + block(data) + block(b"") + b"*-1\r\n+MISS 2\r\n"
        with with_crc(crc32c):
            self.assertEqual(Blocks((data, b""), End.MISS, True), self.read(reply))
        with with_crc(None):
            self.assertEqual(Blocks((data, b""), End.MISS, False), self.read(reply))
        self.assertEqual(End.ALL, self.read(b"*1\r\n+END\r\n").end)
        self.assertEqual(End.DEADLINE, self.read(b"*1\r\n+DEADLINE 0\r\n").end)

    def test_wrong_bytes_end_the_prefix_where_they_can_be_told(self) -> None:
        wrong = block(b"second").replace(b"second", b"sEcond")
        reply = b"*4\r\n" + block(b"first") + wrong + block(b"third") + b"+END\r\n"
        with with_crc(crc32c):
            self.assertEqual(Blocks((b"first",), End.BAD, True), self.read(reply))
        with with_crc(None):
            self.assertFalse(self.read(reply).verified)

    def test_what_is_no_such_reply_is_said(self) -> None:
        for reply in (
            b"+OK\r\n",
            b"*0\r\n",
            b"*1\r\n+MISS 1\r\n",
            b"*2\r\n*1\r\n$0\r\n\r\n+END\r\n",
            b"*2\r\n*2\r\n$0\r\n\r\n$1\r\nx\r\n+END\r\n",
        ):
            with self.subTest(reply), self.assertRaises(ProtocolError):
                self.read(reply)


@unittest.skipUnless(hasattr(os, "pread"), "no pread")
class SharedTest(unittest.TestCase):
    def setUp(self) -> None:
        if not os.access(SHM, os.W_OK):
            self.skipTest(f"no {SHM}")
        folder = tempfile.TemporaryDirectory("'odd \"characters\n\u00fc", dir=SHM)
        self.addCleanup(folder.cleanup)
        self.data = random.Random(1).randbytes(70_001)
        self.file = Path(folder.name, POOL)
        self.file.write_bytes(bytes(4_096) + self.data)
        crc = with_crc(crc32c)
        crc.__enter__()
        self.addCleanup(crc.__exit__, None, None, None)

    def asked(self, *replies: bytes, reads: int = 1) -> tuple[Blocks, list[bytes]]:
        """The last answer, and the commands that were sent."""
        commands: list[bytes] = []

        def script(peer: Peer) -> None:
            peer.answer(HELLO, CONTRACT)
            for reply in replies:
                commands.append(peer.request()[0])
                peer.say(reply)

        with FakeServer(script) as server, Client(port=server.port, timeout=60) as client:
            for _ in range(reads):
                found = client.read_shared("chat", [1, 2, 3])
        return found, commands

    def test_bytes_are_copied_from_the_file(self) -> None:
        reply = located(os.fsencode(self.file), place(4_096, self.data), place(0, b""))
        found, commands = self.asked(reply)
        self.assertEqual(Blocks((self.data, b""), End.MISS, True), found)
        self.assertEqual([b"KVC.WHERE"], commands)

    def test_other_bytes_are_not_taken(self) -> None:
        other = b"*2\r\n" + block(b"sent") + b"+MISS 1\r\n"
        for at in (0, 65_535, 65_536, 70_000):
            wrong = bytearray(self.data)
            wrong[at] ^= 1
            self.file.write_bytes(bytes(4_096) + wrong)
            reply = located(os.fsencode(self.file), place(4_096, self.data))
            found, commands = self.asked(reply, other)
            self.assertEqual(Blocks((b"sent",), End.MISS, True), found)
            self.assertEqual([b"KVC.WHERE", b"KVC.READ"], commands)

    def test_after_the_lease_nothing_is_taken(self) -> None:
        reply = located(os.fsencode(self.file), place(4_096, self.data), lease_ms=0)
        _, commands = self.asked(reply, b"*1\r\n+MISS 0\r\n")
        self.assertEqual([b"KVC.WHERE", b"KVC.READ"], commands)

    def test_what_cannot_be_read_is_not_tried_again_at_once(self) -> None:
        nothing = b"*1\r\n+MISS 0\r\n"
        link = self.file.with_name(POOL.replace("0", "1"))
        link.symlink_to(self.file)
        pipe = self.file.with_name(POOL.replace("0", "2"))
        os.mkfifo(pipe)
        none = self.file.with_name(POOL.replace("0", "3"))
        whole = place(4_096, self.data)
        paths: list[Path | str] = [link, pipe, none, POOL, "", *self.others()]
        cases = [located(os.fsencode(path), whole) for path in paths]
        cases.append(located(os.fsencode(self.file), place(4_097, self.data)))
        cases.append(located(os.fsencode(self.file), place(2**62, self.data)))
        cases += [b"-NOSHARE store.share-directory: none\r\n", b"-ERR unknown command\r\n"]
        for reply in cases:
            with self.subTest(reply[:60]):
                found, commands = self.asked(reply, nothing, nothing, reads=2)
                self.assertEqual(End.MISS, found.end)
                self.assertEqual([b"KVC.WHERE", b"KVC.READ", b"KVC.READ"], commands)

    def others(self) -> list[Path]:
        """Files of this user's, with the right bytes, that are no server's memory by their name."""
        names = ("pool", POOL + "0", POOL[:-1], POOL.upper(), POOL + "\n", "x" + POOL)
        paths = [self.file.with_name(name) for name in names]
        for path in paths:
            path.write_bytes(self.file.read_bytes())
        return paths

    def test_file_on_a_disk_is_not_opened(self) -> None:
        kinds = self.file.with_name("mounts")
        its = os.stat(self.file).st_dev
        line = f"25 1 {os.major(its)}:{os.minor(its)} / / rw shared:1 - %s disk rw\n"
        reply = located(os.fsencode(self.file), place(4_096, self.data))
        for kind, sent in (("tmpfs", []), ("ext4", [b"*1\r\n+MISS 0\r\n"])):
            kinds.write_text("24 1 0:99999 / /proc rw - proc proc rw\n" + line % kind)
            with mock.patch.object(_shared, "MOUNTS", str(kinds)):
                found, _ = self.asked(reply, *sent)
            self.assertEqual(0 if sent else 1, len(found.blocks), kind)

    def test_server_of_another_address_is_not_asked_where(self) -> None:
        with mock.patch.object(_connection, "_is_local", return_value=False):
            _, commands = self.asked(b"*1\r\n+MISS 0\r\n")
        self.assertEqual([b"KVC.READ"], commands)

    def test_addresses_of_this_machine(self) -> None:
        cases = {
            ("127.0.0.1", 1): True,
            ("127.1.2.3", 1): True,
            ("192.0.2.1", 1): False,
            ("no address", 1): False,
        }
        for where, expected in cases.items():
            made = mock.Mock(family=socket.AF_INET)
            made.getpeername.return_value = where
            self.assertEqual(expected, _connection._is_local(made), where)

    def test_no_memory_for_a_block_is_read_over_the_connection(self) -> None:
        reply = located(os.fsencode(self.file), place(4_096, self.data))
        with mock.patch("os.pread", side_effect=MemoryError):
            _, commands = self.asked(reply, b"*1\r\n+MISS 0\r\n")
        self.assertEqual([b"KVC.WHERE", b"KVC.READ"], commands)

    def test_the_other_way_has_the_time_that_is_left(self) -> None:
        left: list[float] = []

        def read(client: Client, *asked: object, **more: object) -> Blocks:
            left.append(client._timeout)
            return Blocks((), End.ALL, True)

        reply = located(os.fsencode(self.file), place(4_096, self.data), lease_ms=0)
        with mock.patch.object(Client, "read", read):
            self.asked(reply)
        self.assertLess(left[0], 60)
        with (
            mock.patch.object(Deadline, "left_s", return_value=0.0),
            with_crc(None),
            self.assertRaises(DeadlineError),
        ):
            Client().read_shared("chat", [1])

    def test_more_than_the_reply_limit_is_not_copied(self) -> None:
        reply = located(os.fsencode(self.file), *[place(4_096, self.data)] * 2)
        commands: list[bytes] = []

        def script(peer: Peer) -> None:
            peer.answer(HELLO, CONTRACT)
            for one in (reply, b"*1\r\n+MISS 0\r\n"):
                commands.append(peer.request()[0])
                peer.say(one)

        with (
            FakeServer(script) as server,
            Client(port=server.port, timeout=60, reply_limit=140_001) as client,
        ):
            client.read_shared("chat", [1, 2, 3])
        self.assertEqual([b"KVC.WHERE", b"KVC.READ"], commands)

    def test_without_checksums_it_is_not_tried(self) -> None:
        with with_crc(None):
            found, commands = self.asked(b"*1\r\n+END\r\n")
        self.assertEqual(Blocks((), End.ALL, False), found)
        self.assertEqual([b"KVC.READ"], commands)

    def test_refusals_that_a_read_would_meet_are_raised(self) -> None:
        with self.assertRaises(NoNamespaceError):
            self.asked(b"-NONAMESPACE chat (expected: one that exists)\r\n")


class RealTest(unittest.TestCase):
    def setUp(self) -> None:
        self.client = Client(port=shared().port, timeout=60)
        self.addCleanup(self.client.close)
        self.space = next(NAMES)
        self.client.create_namespace(self.space, Contract(16, 8))

    def test_blocks_are_put_committed_and_read(self) -> None:
        client, space = self.client, self.space
        large = random.Random(1).randbytes(5 << 20)
        with self.assertRaises(ContractError):
            client.read(space, [1])
        client.attach(space, dtype="bfloat16")
        with self.assertRaises(ContractError):
            client.attach(space, dtype="float16")
        self.assertEqual(PutOutcome.OK, client.put(space, "p", 1, b"left", parts=2))
        self.assertEqual(PutOutcome.OK, client.put(space, "p", 1, b"right", part=1, parts=2))
        self.assertEqual(PutOutcome.OK, client.put(space, "p", 2, memoryview(large), parent=1))
        self.assertEqual(End.MISS, client.read(space, [1, 2]).end)
        self.assertEqual(Committed(2, 0, 0), client.commit(space, "p"))
        self.assertEqual((b"left", large), client.read(space, [1, 2, 3]).blocks)
        self.assertEqual((b"right",), client.read(space, [1, 2], part=1).blocks)
        self.assertEqual(End.ALL, client.read(space, [1, 2], deadline_ms=60_000).end)
        self.assertEqual(2, client.match(space, [1, 2, 3]).blocks)
        self.assertEqual(PutOutcome.HAVE, client.put(space, "q", 1, b"other", parts=2))
        self.assertEqual(0, client.abort(space, "none"))
        self.assertEqual((b"left", large), client.read_shared(space, [1, 2]).blocks)

    def test_parts_that_are_missing_are_said(self) -> None:
        self.client.attach(self.space)
        self.client.put(self.space, "p", 1, b"left", parts=2)
        with self.assertRaises(RefusedError) as raised:
            self.client.commit(self.space, "p")
        self.assertEqual("PARTS", raised.exception.code)
        self.assertEqual(1, self.client.abort(self.space, "p"))

    def test_puts_follow_one_another_without_waiting(self) -> None:
        self.client.attach(self.space)
        chain = list(range(1, 201))
        data = [random.Random(i).randbytes(1 + 997 * i) for i in chain]
        puts = [
            requests.put(self.space, "p", h, d, parent=h - 1 if h > 1 else b"")
            for h, d in zip(chain, data, strict=True)
        ]
        self.assertEqual({PutOutcome.OK}, set(self.client.ask_all(puts)))
        self.assertEqual(200, self.client.commit(self.space, "p").made)
        self.assertEqual(tuple(data), self.client.read(self.space, chain).blocks)

    def test_asyncio_does_the_same(self) -> None:
        large = random.Random(1).randbytes(1 << 20)

        async def go() -> Blocks:
            async with aio.Client(port=shared().port, timeout=60) as client:
                await client.attach(self.space)
                await client.put(self.space, "p", 1, large)
                await client.commit(self.space, "p")
                found = await client.read(self.space, [1])
                await client.drop_namespace(self.space)
                return found

        self.assertEqual((large,), asyncio.run(go()).blocks)

    def test_dropped_namespace_is_not_attached_again(self) -> None:
        self.client.attach(self.space)
        self.client.drop_namespace(self.space)
        with self.assertRaises(NoNamespaceError):
            self.client.read(self.space, [1])


@contextlib.contextmanager
def sharing() -> Iterator[tuple[RealServer, Path]]:
    """A server that shares its memory."""
    if not os.access(SHM, os.W_OK):
        raise unittest.SkipTest(f"no {SHM}")
    with tempfile.TemporaryDirectory(dir=SHM) as folder:
        server = start(Path(folder))
        try:
            yield server, Path(folder)
        finally:
            server.kill()


def start(folder: Path, port: int = 0) -> RealServer:
    return RealServer(port, store_share__directory=str(folder), store_host__limit="16MiB")


def put(client: Client, data: bytes) -> None:
    client.create_namespace("kv", Contract(16, 8))
    client.attach("kv")
    client.put("kv", "p", 1, data)
    client.commit("kv", "p")


class RealSharedTest(unittest.TestCase):
    def test_blocks_are_copied_and_a_killed_server_is_lost(self) -> None:
        data = random.Random(1).randbytes(100_000)
        with (
            sharing() as (server, folder),
            with_crc(crc32c),
            Client(port=server.port, timeout=60) as client,
        ):
            put(client, data)
            with mock.patch.object(Client, "read", side_effect=AssertionError("was sent")):
                found = client.read_shared("kv", [1, 2])
            self.assertEqual(Blocks((data,), End.MISS, True), found)
            (pool,) = folder.iterdir()
            with pool.open("r+b") as file:
                file.write(bytes(16 << 20))
            self.assertEqual(End.BAD, client.read_shared("kv", [1]).end)
            server.kill()
            with self.assertRaises(ConnectionLostError):
                client.read_shared("kv", [1])

    def test_server_killed_while_it_is_read_from_gives_no_wrong_byte(self) -> None:
        found: list[Blocks] = []

        def read(client: Client) -> None:
            with contextlib.suppress(ConnectionLostError):
                while True:
                    found.append(client.read_shared("kv", [1]))

        with (
            sharing() as (server, folder),
            with_crc(crc32c),
            Client(port=server.port, timeout=60) as client,
        ):
            put(client, b"first" * 99)
            reader = threading.Thread(target=read, args=(client,))
            reader.start()
            while len(found) < 20:
                time.sleep(0.001)
            (left,) = folder.iterdir()
            server.kill()
            reader.join()
            self.assertEqual({b"first" * 99}, {one.blocks[0] for one in found})
            again = start(folder, server.port)
            self.addCleanup(again.kill)
            self.assertFalse(left.exists())
            put(client, b"other" * 99)
            with mock.patch.object(Client, "read", side_effect=AssertionError("was sent")):
                self.assertEqual((b"other" * 99,), client.read_shared("kv", [1]).blocks)


if __name__ == "__main__":
    unittest.main()
