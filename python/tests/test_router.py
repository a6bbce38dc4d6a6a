# SPDX-License-Identifier: Apache-2.0
"""The HTTP router against a server that says what a test wants it to."""

from __future__ import annotations

import json
import threading
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

from incipit import ConnectionLostError, DeadlineError, ProtocolError
from incipit import router as module
from incipit.router import Router, RouterError, WorkerMatch
from tests.fake import PATIENCE_S, FakeServer, Peer

# The shape of Dynamo's standalone indexer.
ANSWER = {
    "scores": {"1": {"0": 32}, "2": {"0": 64}},
    "frequencies": [2, 2],
    "instances": {
        "1": {"longest_matched": 48, "gpu": 32, "dp": {"0": 32}, "cpu": 48, "disk": 48},
        "2": {"longest_matched": 64, "gpu": 64, "dp": {"0": 64, "1": 16}, "cpu": 64, "disk": 64},
    },
}


def http(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


GOOD = http(json.dumps(ANSWER).encode())


def question(peer: Peer) -> tuple[str, Any]:
    """The path and body of the next question; an empty path when the client has ended."""
    line = peer._file.readline().decode()
    if not line:
        return "", None
    length = 0
    while (header := peer._file.readline().strip().lower()) != b"":
        name, _, value = header.partition(b":")
        length = int(value) if name == b"content-length" else length
    return line.split()[1], json.loads(peer._file.read(length))


def saying(*answers: bytes) -> Callable[[Peer], None]:
    """A script that answers a question with each, then ends the connection."""

    def script(peer: Peer) -> None:
        for answer in answers:
            question(peer)
            peer.say(answer)

    return script


class RouterTest(unittest.TestCase):
    def ask(self, *scripts: Callable[[Peer], None], times: int = 1) -> tuple[WorkerMatch, ...]:
        with FakeServer(*scripts) as server, self.router(server) as router:
            for _ in range(times):
                got = router.query("qwen3-32b", [1, 2, 3])
        return got

    def router(self, server: FakeServer, path: str = "", timeout: float = PATIENCE_S) -> Router:
        return Router(f"http://127.0.0.1:{server.port}{path}", timeout=timeout)

    def test_query_answer_of_dynamo_is_decoded_best_first(self) -> None:
        best, other = self.ask(saying(GOOD))
        self.assertEqual(WorkerMatch("2", 64, 64, 64, 64, {0: 64, 1: 16}), best)
        self.assertEqual(WorkerMatch("1", 48, 32, 48, 48, {0: 32}), other)

    def test_query_asks_what_is_given_and_nothing_else(self) -> None:
        asked: list[Any] = []

        def script(peer: Peer) -> None:
            for _ in range(2):
                asked.append(question(peer))
                peer.say(GOOD)

        with FakeServer(script) as server, self.router(server, "/v1/") as router:
            router.query("m", [1, 2])
            router.query("m", (3,), lora_name="l", cache_salt="s")
        full = {"model_name": "m", "token_ids": [3], "lora_name": "l", "cache_salt": "s"}
        self.assertEqual(
            [("/v1/query", {"model_name": "m", "token_ids": [1, 2]}), ("/v1/query", full)], asked
        )

    def test_query_split_at_every_offset_gives_the_same(self) -> None:
        def script(peer: Peer) -> None:
            for at in range(0, len(GOOD), 3):
                question(peer)
                peer.trickle([GOOD[:at], GOOD[at:]])

        self.assertEqual("2", self.ask(script, times=len(range(0, len(GOOD), 3)))[0].worker)

    def test_query_ended_within_the_answer_is_an_error_at_every_offset(self) -> None:
        offsets = range(0, len(GOOD), 7)
        with (
            FakeServer(*[saying(GOOD[:at]) for at in offsets]) as server,
            self.router(server) as router,
        ):
            for at in offsets:
                with (
                    self.subTest(at=at),
                    self.assertRaises((ConnectionLostError, ProtocolError)),
                ):
                    router.query("m", [1])

    def test_query_chunked_is_understood(self) -> None:
        body = json.dumps(ANSWER).encode()
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in (body[:9], body[9:]))
        self.assertEqual(2, len(self.ask(saying(head + chunks + b"0\r\n\r\n"))))

    def test_query_no_worker_is_empty(self) -> None:
        self.assertEqual((), self.ask(saying(http(b'{"instances": {}}'))))
        self.assertEqual((), self.ask(saying(http(b"{}"))))

    def test_query_keeps_the_connection_and_makes_it_anew_when_it_ended(self) -> None:
        with FakeServer(saying(GOOD, GOOD), saying(GOOD)) as server, self.router(server) as router:
            router.query("m", [1])
            router.query("m", [1])
            server.ended.acquire(timeout=PATIENCE_S)
            router.query("m", [1])
            self.assertEqual(2, server.served)

    def test_query_refused_says_status_and_text(self) -> None:
        refusal = http(b'{"error": "no such model"}', "404 Not Found")
        with FakeServer(saying(refusal, GOOD)) as server, self.router(server) as router:
            with self.assertRaises(RouterError) as caught:
                router.query("m", [1])
            self.assertEqual(404, caught.exception.status)
            self.assertEqual('HTTP 404: {"error": "no such model"}', str(caught.exception))
            router.query("m", [1])

    def test_query_unfit_answers_are_refused(self) -> None:
        worker: list[Any] = [None, [], {"gpu": -1}, {"gpu": True}, {"gpu": "1"}, {"gpu": 1.5}]
        worker += [{"dp": []}, {"dp": {"x": 1}}, {"dp": {"0": None}}, {"longest_matched": []}]
        answers: list[Any] = [None, [], 1, {"instances": []}, {"instances": None}]
        answers += [{"instances": {"1": one}} for one in worker]
        bodies = [json.dumps(answer).encode() for answer in answers]
        bodies += [b"", b"<html>", b"\xff", b"[" * 100_000]
        for body in bodies:
            with self.subTest(body=body[:60]), self.assertRaises(ProtocolError):
                self.ask(saying(http(body)))

    def test_query_no_http_is_refused(self) -> None:
        for data in (b"+PONG\r\n", b"HTTP/1.1 xx\r\n\r\n"):
            with self.subTest(data=data), self.assertRaises(ProtocolError):
                self.ask(saying(data))

    def test_query_endless_answer_is_refused(self) -> None:
        def script(peer: Peer) -> None:
            question(peer)
            peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                peer.say(b" " * 65_536)

        with (
            mock.patch.object(module, "REPLY_BYTES_MAX", 1 << 20),
            self.assertRaises(ProtocolError),
        ):
            self.ask(script)

    def test_query_without_answer_meets_the_deadline_and_the_next_is_asked_anew(self) -> None:
        done = threading.Event()

        def script(peer: Peer) -> None:
            question(peer)
            done.wait(PATIENCE_S)

        with FakeServer(script, saying(GOOD)) as server, self.router(server, timeout=0.05) as late:
            with self.assertRaises(DeadlineError):
                late.query("m", [1])
            done.set()
            with self.router(server) as router:
                router.query("m", [1])

    def test_query_trickled_for_ever_meets_the_deadline(self) -> None:
        def script(peer: Peer) -> None:
            question(peer)
            peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            while True:
                peer.say(b" ")

        with (
            FakeServer(script) as server,
            self.router(server, timeout=0.2) as late,
            self.assertRaises(DeadlineError),
        ):
            late.query("m", [1])

    def test_nobody_there_is_a_lost_connection(self) -> None:
        with FakeServer() as server:
            router = self.router(server)
        with self.assertRaises(ConnectionLostError):
            router.query("m", [1])

    def test_wrong_addresses_are_refused(self) -> None:
        for url in ("", "127.0.0.1:7380", "ftp://a:1", "http://", "https://", "http://a:1?q"):
            with self.subTest(url=url), self.assertRaisesRegex(ValueError, "base_url: .*expected"):
                Router(url)


if __name__ == "__main__":
    unittest.main()
