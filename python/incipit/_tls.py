# SPDX-License-Identifier: Apache-2.0
"""How clients speak TLS: what callers say, and what is said of what goes wrong."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from incipit._pending import Deadline
from incipit.errors import ConnectionLostError, DeadlineError

Tls: TypeAlias = "bool | ssl.SSLContext"
"""True for the CAs of the system, or what the caller has made."""

Ca: TypeAlias = "str | os.PathLike[str] | None"
"""A PEM file of the CAs to trust, and no others."""

Buffer = bytes | memoryview

T = TypeVar("T")


@dataclass(frozen=True)
class TlsWay:
    """How a connection is encrypted.

    :param server_name: the name that the server's certificate has to be for
    """

    context: ssl.SSLContext
    server_name: str


def way(host: str, tls: Tls, ca: Ca, server_name: str) -> TlsWay | None:
    """What a client was told, None if nothing is to be encrypted.

    :raises ValueError: if what it was told is at odds
    :raises OSError: if the file of CAs is not there, or has none
    """
    if ca is None and tls is False:
        if server_name:
            raise ValueError(f"server_name: {server_name} without tls (expected: tls or ca too)")
        return None
    if ca is not None and isinstance(tls, ssl.SSLContext):
        raise ValueError("ca: beside an SSLContext (expected: one of them)")
    if isinstance(tls, ssl.SSLContext):
        return TlsWay(tls, server_name or host)
    try:
        context = ssl.create_default_context(cafile=ca)
    except ssl.SSLError as e:
        raise ValueError(f"ca: {ca}: no certificate in it (expected: a PEM file)") from e
    return TlsWay(context, server_name or host)


class TlsSocket:
    """A socket that does not block, encrypted, for two threads: one that reads and one that writes.

    OpenSSL takes one call at a time for a connection. None of them waits, so who comes second does
    not wait for the network. What would block raises `BlockingIOError`, as with a plain socket.
    """

    def __init__(self, made: ssl.SSLSocket) -> None:
        self._socket = made
        self._lock = threading.Lock()

    def recv(self, size: int) -> bytes:
        return self._now(lambda: self._socket.recv(size))

    def send(self, data: Buffer) -> int:
        return self._now(lambda: self._socket.send(data))

    def _now(self, call: Callable[[], T]) -> T:
        try:
            with self._lock:
                return call()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError) as e:
            raise BlockingIOError from e
        except ssl.SSLError as e:
            raise OSError(spoken(e)) from e

    def pending(self) -> int:
        """Bytes that have been decrypted and not been read, which no poll tells of."""
        with self._lock:
            return self._socket.pending()

    def fileno(self) -> int:
        return self._socket.fileno()

    def shutdown(self, how: int) -> None:
        # Of the socket below: TLS would forget what it was in the middle of.
        socket.socket.shutdown(self._socket, how)

    def close(self) -> None:
        self._socket.close()


def encrypt(made: socket.socket, way: TlsWay, endpoint: str, deadline: Deadline) -> TlsSocket:
    """Agrees on TLS over a connected socket, which is closed if that fails.

    :raises ConnectionLostError: if the server is not who it was called, in one sentence
    :raises DeadlineError: if it takes too long
    """
    try:
        made.settimeout(max(deadline.left_s(), 0.001))
        encrypted = way.context.wrap_socket(made, server_hostname=way.server_name)
        encrypted.setblocking(False)
    except TimeoutError as e:
        made.close()
        raise DeadlineError(f"{endpoint}: no TLS before the deadline") from e
    except OSError as e:
        made.close()
        raise ConnectionLostError(f"{endpoint}: {spoken(e)}") from e
    return TlsSocket(encrypted)


def spoken(error: OSError) -> str:
    """What went wrong, in one sentence."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        reason = str(error.reason)
        if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL"):
            return "the server does not speak TLS on this port"
        if "CERTIFICATE_REQUIRED" in reason:
            return "the server requires a client certificate that it trusts"
        if "ALERT" in reason:
            return f"the server ended TLS ({reason.lower().replace('_', ' ')})"
        return f"TLS failed ({reason.lower().replace('_', ' ')})"
    return str(error)
