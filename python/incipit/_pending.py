# SPDX-License-Identifier: Apache-2.0
"""What both clients share: deadlines, and what a reply means for the request it belongs to."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from typing import TypeVar

from incipit._resp import Failure, Value, encode
from incipit.errors import ProtocolError, RefusedError
from incipit.requests import Request

T = TypeVar("T")

PORT = 7379
REQUEST_BYTES_MAX = 8 << 20
WORDS_MAX = 65_536
REPLY_LIMIT_BYTES = 64 << 20
IN_FLIGHT_MAX = 1_024
WINDOW = 64
TIMEOUT_S = 5.0
SILENCE_S = 10.0
TIMEOUT_MAX_S = 86_400.0
READ_BYTES = 256 * 1024
COPIED_BODY_BYTES_MAX = 64 * 1024
Buffer = bytes | memoryview


class Deadline:
    """A moment until which a request may take."""

    def __init__(self, timeout_s: float) -> None:
        self._at = time.monotonic() + timeout_s

    def left_s(self) -> float:
        """Seconds that are left, 0 if none."""
        return max(0.0, self._at - time.monotonic())


def check_timeout(name: str, timeout_s: float) -> float:
    """
    :raises ValueError: if it is not above 0 and at most a day
    """
    if math.isnan(timeout_s) or not 0 < timeout_s <= TIMEOUT_MAX_S:
        raise ValueError(f"{name}: {timeout_s} (expected: above 0, at most {TIMEOUT_MAX_S:.0f} s)")
    return timeout_s


def frame(request: Request[T], width: int) -> list[Buffer]:
    """A request as bytes, in one or more stretches: a large body is not copied.

    :raises ValueError: if it is more than a server takes: it would end the connection
    """
    words = request.words(width)
    if len(words) > WORDS_MAX:
        raise ValueError(f"words: {len(words)} (expected: at most {WORDS_MAX})")
    body = request.body
    encoded = encode(words, 0 if body is None else 1)
    if len(encoded) > REQUEST_BYTES_MAX:
        raise ValueError(f"request: {len(encoded)} bytes (expected: at most {REQUEST_BYTES_MAX})")
    if body is None:
        return [encoded]
    encoded += b"$%d\r\n" % len(body)
    if len(body) <= COPIED_BODY_BYTES_MAX:
        return [b"".join([encoded, body, b"\r\n"])]
    return [encoded, body, b"\r\n"]


@contextlib.contextmanager
def recorded(
    attached: dict[str, Request[None]], namespace: str, said: Request[None]
) -> Iterator[None]:
    """Has what is said on each new connection recorded while it is asked, and after if it succeeds.

    A connection that takes the place of the one that answers is attached, too.

    :raises ValueError: if it is more than a server takes: no connection could be made with it
    """
    frame(said, 0)
    before = attached.get(namespace)
    attached[namespace] = said
    try:
        yield
    except BaseException:
        if attached.get(namespace) is said:
            if before is None:
                del attached[namespace]
            else:
                attached[namespace] = before
        raise


def answer(request: Request[T], reply: Value, width: int) -> T | RefusedError:
    """The answer in a reply, or the refusal.

    :raises ProtocolError: if it is neither
    """
    if isinstance(reply, Failure):
        return RefusedError.of(reply.text)
    return request.decode(reply, width)


def endpoint(host: str, port: int) -> str:
    """
    :raises ValueError: if the host is empty or the port not in [1, 65535]
    """
    if not host:
        raise ValueError("host: empty (expected: a name or an address)")
    if not 1 <= port <= 65_535:
        raise ValueError(f"port: {port} (expected: 1 to 65535)")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def unasked(reply: Value) -> ProtocolError:
    return ProtocolError(f"reply: {str(reply)[:80]} (expected: none, nothing was asked)")
