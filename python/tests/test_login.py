# SPDX-License-Identifier: Apache-2.0
"""How both clients say who they are."""

from __future__ import annotations

import asyncio
import tempfile
import unittest
from pathlib import Path

from incipit import Client, NotAllowedError, UnknownUserError, aio
from incipit._credentials import Credentials
from tests.fake import HELLO, PATIENCE_S, PONG, FakeServer, Peer

TOKEN = "incipit_secret"


class LoginTest(unittest.TestCase):
    def script(self, *reply: bytes) -> tuple[list[list[bytes]], FakeServer]:
        seen: list[list[bytes]] = []

        def say(peer: Peer) -> None:
            for each in reply:
                seen.append(peer.request())
                peer.say(each)
            while peer.request():
                pass

        return seen, FakeServer(say)

    def test_hello_says_user_and_token(self) -> None:
        expected = [b"HELLO", b"3", b"AUTH", b"me", TOKEN.encode(), b"SETNAME", b"incipit-python"]
        seen, server = self.script(HELLO, PONG)
        with server, Client(port=server.port, timeout=PATIENCE_S, user="me", token=TOKEN) as client:
            client.ping()
        self.assertEqual(expected, seen[0])

        async def ask(port: int) -> None:
            async with aio.Client(port=port, timeout=PATIENCE_S, user="me", token=TOKEN) as other:
                await other.ping()

        seen, server = self.script(HELLO, PONG)
        with server:
            asyncio.run(ask(server.port))
        self.assertEqual(expected, seen[0])

    def test_token_alone_is_anybodys(self) -> None:
        self.assertEqual([b"AUTH", b"default", b"x"], Credentials("", "x", "").words())
        self.assertEqual([], Credentials("", "", "").words())

    def test_refusals_have_classes_and_no_token(self) -> None:
        _, server = self.script(b"-WRONGPASS invalid\r\n")
        with server, Client(port=server.port, timeout=PATIENCE_S, token=TOKEN) as client:
            with self.assertRaises(UnknownUserError) as caught:
                client.ping()
            self.assertNotIn(TOKEN, str(caught.exception))
        _, server = self.script(HELLO, b"-NOPERM PING: user me\r\n")
        with server, Client(port=server.port, timeout=PATIENCE_S, token=TOKEN) as client:
            with self.assertRaises(NotAllowedError):
                client.ping()
        self.assertNotIn(TOKEN, repr(Credentials("me", TOKEN, "")))

    def test_token_file_has_to_be_kept(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            file = Path(directory) / "token"
            file.write_text(TOKEN + "\n", encoding="utf-8")
            file.chmod(0o644)
            with self.assertRaisesRegex(ValueError, "mode 0644"):
                Credentials("me", "", file)
            file.chmod(0o600)
            self.assertEqual(TOKEN, Credentials("me", "", file).token)
            with self.assertRaisesRegex(ValueError, "one of them"):
                Credentials("me", TOKEN, file)
            file.write_text("\n", encoding="utf-8")
            with self.assertRaisesRegex(ValueError, "is empty"):
                Credentials("me", "", file)
        with self.assertRaisesRegex(ValueError, "without a token"):
            Credentials("me", "", "")


if __name__ == "__main__":
    unittest.main()
