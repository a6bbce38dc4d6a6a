# SPDX-License-Identifier: Apache-2.0
"""Both clients, and the router, against servers that speak TLS, well and badly."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import tempfile
import threading
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import incipit
from incipit import ConnectionLostError
from incipit._resp import Value
from incipit.requests import Request
from incipit.router import Router
from tests.fake import HELLO, PATIENCE_S, PONG, FakeServer, Peer
from tests.test_client import Bridge, Plain
from tests.test_router import ANSWER, http, question

OPENSSL = shutil.which("openssl")
LARGE = bytes(range(256)) * 40_000


def _openssl(*arguments: str) -> None:
    subprocess.run([str(OPENSSL), *arguments], check=True, capture_output=True)


class Authority:
    """A certificate authority in a directory, made by openssl."""

    def __init__(self, directory: Path, name: str) -> None:
        self.directory = directory
        self.name = name
        self.ca = directory / f"{name}.pem"
        self._key = directory / f"{name}.key"
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={name}", "-days", "2", "-keyout", str(self._key)),
            *("-out", str(self.ca), "-addext", "keyUsage=critical,keyCertSign"),
        )

    def issue(self, name: str, days: int = 2) -> tuple[Path, Path]:
        """A certificate for a name, of a CN that says for how long, and its key."""
        stem = self.directory / f"{self.name}-{name}-{days}"
        certificate, key = stem.with_suffix(".crt"), stem.with_suffix(".key")
        request = str(stem.with_suffix(".csr"))
        extension = stem.with_suffix(".ext")
        extension.write_text(f"subjectAltName=DNS:{name}\n")
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-subj", f"/CN={name}", "-keyout", str(key), "-out", request),
        )
        _openssl(
            *("x509", "-req", "-in", request, "-CA", str(self.ca), "-CAkey", str(self._key)),
            *("-CAcreateserial", "-days", str(days), "-extfile", str(extension)),
            *("-out", str(certificate)),
        )
        return certificate, key

    def server(self, name: str = "localhost", days: int = 2) -> ssl.SSLContext:
        """What a server of a name has."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(name, days))
        return context


def echo(body: bytes) -> Request[Value]:
    return Request("", lambda _: [b"ECHO"], lambda reply, _: reply, memoryview(body))


def healthy(peer: Peer) -> None:
    """Answers pings until the client ends."""
    peer.answer(HELLO)
    while peer.request():
        peer.say(PONG)


@unittest.skipIf(OPENSSL is None, "openssl is not installed")
class TlsTest(unittest.TestCase):
    directory: tempfile.TemporaryDirectory[str]
    good: Authority
    other: Authority

    @classmethod
    def setUpClass(cls) -> None:
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.good = Authority(Path(cls.directory.name), "good")
        cls.other = Authority(Path(cls.directory.name), "other")

    def clients(self, port: int, **options: Any) -> Iterator[Any]:
        """One of each kind, one after the other as the server takes them."""
        options.setdefault("timeout", PATIENCE_S)
        for make in (Plain, Bridge):
            client = make("localhost", port, **options)
            try:
                yield client
            finally:
                client.end()

    def refused(self, context: ssl.SSLContext | None, sentence: str, **options: Any) -> None:
        with FakeServer(healthy, healthy, context=context) as server:
            for client in self.clients(server.port, **options):
                with self.assertRaises(ConnectionLostError) as caught:
                    client.ping()
                self.assertIn(sentence, str(caught.exception))
                self.assertNotIn("_ssl.c", str(caught.exception))

    def test_a_server_that_is_trusted_is_asked(self) -> None:
        own = ssl.create_default_context(cafile=self.good.ca)
        for options in ({"ca": self.good.ca}, {"ca": str(self.good.ca), "tls": True}, {"tls": own}):
            with FakeServer(healthy, healthy, context=self.good.server()) as server:
                for client in self.clients(server.port, **options):
                    self.assertIsNone(client.ping())

    def test_large_values_go_both_ways_while_threads_share_the_connection(self) -> None:
        def script(peer: Peer) -> None:
            peer.answer(HELLO)
            while words := peer.request():
                peer.say(b"$%d\r\n%s\r\n" % (len(words[-1]), words[-1]))

        def work(client: Any, number: int) -> None:
            body = LARGE + bytes([number])
            for _ in range(4):
                got.append(client.ask(echo(body)) == body)

        with FakeServer(script, script, context=self.good.server()) as server:
            for client in self.clients(server.port, ca=self.good.ca):
                got: list[bool] = []
                threads = [threading.Thread(target=work, args=(client, n)) for n in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join(PATIENCE_S)
                self.assertEqual([True] * 16, got)

    def test_a_server_of_another_authority_is_refused(self) -> None:
        self.refused(self.other.server(), "the server's certificate is refused: ", ca=self.good.ca)
        self.refused(self.good.server(), "the server's certificate is refused: ", tls=True)

    def test_a_server_of_another_name_is_refused_by_name(self) -> None:
        sentence = "certificate is not valid for 'localhost'"
        self.refused(self.good.server("example.org"), sentence, ca=self.good.ca)
        with FakeServer(healthy, healthy, context=self.good.server("example.org")) as server:
            for client in self.clients(server.port, ca=self.good.ca, server_name="example.org"):
                self.assertIsNone(client.ping())

    def test_a_server_that_has_expired_is_refused(self) -> None:
        context = self.good.server(days=-1)
        self.refused(context, "certificate has expired", ca=self.good.ca)

    def test_a_server_without_tls_is_told_apart(self) -> None:
        def script(peer: Peer) -> None:
            peer.say(b"-ERR this port speaks RESP without TLS\r\n")

        with FakeServer(script, script) as server:
            for client in self.clients(server.port, ca=self.good.ca):
                with self.assertRaisesRegex(ConnectionLostError, "does not speak TLS on this port"):
                    client.ping()

    def test_a_server_that_wants_a_certificate_gets_it(self) -> None:
        context = self.good.server()
        context.load_verify_locations(self.good.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        own = ssl.create_default_context(cafile=self.good.ca)
        own.load_cert_chain(*self.good.issue("client"))
        with FakeServer(healthy, healthy, context=context) as server:
            for client in self.clients(server.port, tls=own):
                self.assertIsNone(client.ping())

    def test_what_is_at_odds_is_misuse(self) -> None:
        own = ssl.create_default_context()
        with self.assertRaisesRegex(ValueError, "ca: beside an SSLContext"):
            incipit.Client(tls=own, ca=self.good.ca)
        with self.assertRaisesRegex(ValueError, "server_name: x without tls"):
            incipit.Client(server_name="x")
        empty = Path(self.directory.name) / "empty.pem"
        empty.write_text("")
        with self.assertRaisesRegex(ValueError, "no certificate in it"):
            incipit.Client(ca=empty)
        with self.assertRaises(FileNotFoundError):
            incipit.Client(ca="/no/such/file")
        with self.assertRaisesRegex(ValueError, "expected: http://host:port"):
            Router("http://localhost:1", ca=self.good.ca)

    def test_a_router_asks_by_https(self) -> None:
        def script(peer: Peer) -> None:
            question(peer)
            peer.say(http(json.dumps(ANSWER).encode()))

        with FakeServer(script, script, context=self.good.server()) as server:
            url = f"https://localhost:{server.port}"
            with Router(url, timeout=PATIENCE_S, ca=self.good.ca) as router:
                self.assertEqual("2", router.query("m", [1])[0].worker)
            with Router(url, timeout=PATIENCE_S, ca=self.other.ca) as router:
                with self.assertRaisesRegex(ConnectionLostError, "certificate is refused"):
                    router.query("m", [1])
