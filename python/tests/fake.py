# SPDX-License-Identifier: Apache-2.0
"""A server that says what a test wants it to, and nothing else."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from types import TracebackType

HELLO = (
    b"%7\r\n$6\r\nserver\r\n$7\r\nincipit\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n"
    b"$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n"
    b"$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
)
PONG = b"+PONG\r\n"
CONTRACT = (
    b"%3\r\n$9\r\nnamespace\r\n$4\r\nchat\r\n$12\r\nblock-tokens\r\n:16\r\n"
    b"$10\r\nhash-bytes\r\n:8\r\n"
)
MATCH = (
    b"*5\r\n:2\r\n:32\r\n:8\r\n$4\r\nhere\r\n"
    b"$16\r\n\x00\x00\x00\x00\x02\x00\x00\x00\x07\x00\x00\x00\x01\x00\x00\x00\r\n"
)
PATIENCE_S = 60.0  # ends a test that hangs; none waits for it


class Peer:
    """The server's end of a connection."""

    def __init__(self, of: socket.socket) -> None:
        self.socket = of
        self._file = of.makefile("rb")

    def request(self) -> list[bytes]:
        """The next request; empty when the client has ended."""
        head = self._file.readline()
        if not head:
            return []
        return [self._word() for _ in range(int(head[1:]))]

    def _word(self) -> bytes:
        length = int(self._file.readline()[1:])
        return self._file.read(length + 2)[:-2]

    def answer(self, *replies: bytes) -> None:
        """Takes a request before each reply."""
        for reply in replies:
            self.request()
            self.say(reply)

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def trickle(self, pieces: Iterable[bytes]) -> None:
        """Says pieces one by one, each as a packet of its own as far as that can be had."""
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            self.socket.sendall(piece)


class FakeServer:
    """Serves connections one after the other, each by the next script, until it is closed.

    :param context: by which it speaks TLS, if it does
    """

    def __init__(
        self, *scripts: Callable[[Peer], None], context: ssl.SSLContext | None = None
    ) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._scripts = scripts
        self.port = self._listener.getsockname()[1]
        self.served = 0
        self.ended = threading.Semaphore(0)  # released for each connection that was served
        self.failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for script in self._scripts:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.settimeout(PATIENCE_S)
            if self._context is not None:
                try:
                    accepted = self._context.wrap_socket(accepted, server_side=True)
                except OSError:
                    accepted.close()  # the client did not want it: tests of that look at the client
                    continue
            with accepted:
                self.served += 1
                peer = Peer(accepted)
                try:
                    script(peer)
                except (ConnectionError, BrokenPipeError):
                    pass  # the client had enough: tests of that look at the client
                except BaseException as e:
                    self.failures.append(e)
                with contextlib.suppress(OSError):
                    accepted.shutdown(socket.SHUT_RDWR)
                peer._file.close()
            self.ended.release()

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.close()
        self._thread.join(PATIENCE_S)
        if self.failures and error is None:
            raise self.failures[0]
