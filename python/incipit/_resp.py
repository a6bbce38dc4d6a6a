# SPDX-License-Identifier: Apache-2.0
"""RESP3 between bytes and values, without a socket: requests out, replies in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Union

from incipit.errors import ProtocolError

LINE_BYTES_MAX = 64 * 1024
DEPTH_MAX = 16
VALUE_COST_BYTES = 32  # what a value costs beyond its bytes on the wire, about a Python object

_WHOLE = re.compile(rb"[+-]?[0-9]{1,19}")
_COUNT = re.compile(rb"[0-9]{1,10}")
_REAL = re.compile(rb"[+-]?(inf|nan|[0-9]{1,30}(\.[0-9]{0,30})?([eE][+-]?[0-9]{1,5})?)")
_BIG = re.compile(rb"[+-]?[0-9]{1,1000}")

_STRINGS = frozenset(b"$=!")
_AGGREGATES = frozenset(b"*~%>|")
_PAIRED = frozenset(b"%|")


@dataclass(frozen=True)
class Failure:
    """An error as it came: a value like others, since one may lie inside an array."""

    text: str


@dataclass(frozen=True)
class Push:
    """What the server sends without being asked."""

    values: tuple[Value, ...]


# A string of a line is `str`, one with a length `bytes`.
Value = Union[None, bool, int, float, str, bytes, Failure, Push, "list[Value]", "dict[str, Value]"]


def encode(words: Iterable[bytes], more: int = 0) -> bytes:
    """A request as an array of strings, of which `more` follow what is returned."""
    parts = [b""]
    for word in words:
        parts.append(b"$%d\r\n%b\r\n" % (len(word), word))
    parts[0] = b"*%d\r\n" % (len(parts) - 1 + more)
    return b"".join(parts)


@dataclass
class _Open:
    """An array, a map and the like of which values are still to come."""

    kind: int
    missing: int
    values: list[Value] = field(default_factory=list)


class Parser:
    """Cuts a stream of bytes, however they are split, into replies. For one thread.

    A reply costs its bytes and 32 for each value in it; at `reply_limit` the stream is refused,
    before memory is taken for what is announced. After a `ProtocolError` the parser is of no use:
    nobody knows where the next reply starts.
    """

    def __init__(self, reply_limit: int) -> None:
        self._limit = reply_limit
        self._left = reply_limit
        self._bytes = bytearray()
        self._at = 0
        self._open: list[_Open] = []

    def feed(self, data: bytes) -> Iterator[Value]:
        """The replies that are complete with `data`, in order, possibly none; take all of them.

        :raises ProtocolError: behind the last good one, if what follows is not RESP or too long
        """
        self._bytes += data
        replies: list[Value] = []
        try:
            while self._step(replies):
                if replies:
                    yield replies.pop()
        finally:
            del self._bytes[: self._at]
            self._at = 0

    def _step(self, replies: list[Value]) -> bool:
        """Takes one scalar, or the head of an array; False if it is not there yet."""
        head = self._line()
        if head is None:
            return False
        kind, rest, after = head
        if kind in _STRINGS and rest not in (b"-1", b"?"):
            return self._string(kind, self._count(rest), after, replies)
        self._spend(after - self._at + VALUE_COST_BYTES)
        self._at = after
        if kind in _AGGREGATES and rest != b"-1":
            self._begin(kind, self._count(rest), replies)
        else:
            self._complete(_scalar(kind, rest), replies)
        return True

    def _line(self) -> tuple[int, bytes, int] | None:
        """Kind, rest, and the place after the line at which the stream stands."""
        end = self._bytes.find(b"\r\n", self._at, self._at + LINE_BYTES_MAX)
        if end < 0:
            if len(self._bytes) - self._at >= LINE_BYTES_MAX:
                raise ProtocolError(f"line: no end (expected: within {LINE_BYTES_MAX} bytes)")
            return None
        if end == self._at:
            raise ProtocolError("line: empty (expected: the type of a value)")
        return self._bytes[self._at], bytes(self._bytes[self._at + 1 : end]), end + 2

    def _count(self, rest: bytes) -> int:
        if not _COUNT.fullmatch(rest):
            raise ProtocolError(f"length: {rest[:40]!r} (expected: a number)")
        return int(rest)

    def _string(self, kind: int, length: int, start: int, replies: list[Value]) -> bool:
        cost = start - self._at + length + 2 + VALUE_COST_BYTES
        if cost > self._left:
            self._refuse()
        end = start + length
        if len(self._bytes) < end + 2:
            return False
        if self._bytes[end : end + 2] != b"\r\n":
            raise ProtocolError("string: goes on behind its length (expected: a line end)")
        # A slice of what was received would be copied twice.
        with memoryview(self._bytes) as received, received[start:end] as its:
            data = bytes(its)
        self._spend(cost)
        self._at = end + 2
        self._complete(_text(kind, data), replies)
        return True

    def _begin(self, kind: int, length: int, replies: list[Value]) -> None:
        values = length * 2 if kind in _PAIRED else length
        if values * VALUE_COST_BYTES > self._left:
            self._refuse()
        if len(self._open) >= DEPTH_MAX:
            raise ProtocolError(f"depth: above {DEPTH_MAX} (expected: at most that)")
        opened = _Open(kind, values)
        if values:
            self._open.append(opened)
        else:
            self._close(opened, replies)

    def _complete(self, value: Value, replies: list[Value]) -> None:
        """Puts a value where it belongs, and closes what is full with it."""
        if not self._open:
            self._left = self._limit
            replies.append(value)
            return
        inner = self._open[-1]
        inner.values.append(value)
        inner.missing -= 1
        if not inner.missing:
            self._open.pop()
            self._close(inner, replies)

    def _close(self, full: _Open, replies: list[Value]) -> None:
        if full.kind == ord("|"):  # attributes of the value that follows: none that we know
            return
        if full.kind == ord(">"):
            if self._open:
                raise ProtocolError("push: inside a reply (expected: between replies)")
            self._complete(Push(tuple(full.values)), replies)
        elif full.kind == ord("%"):
            self._complete(_map(full.values), replies)
        else:
            self._complete(full.values, replies)

    def _spend(self, cost: int) -> None:
        if cost > self._left:
            self._refuse()
        self._left -= cost

    def _refuse(self) -> None:
        raise ProtocolError(f"reply: above the limit of {self._limit} bytes")


def _scalar(kind: int, rest: bytes) -> Value:
    """The value of a line that is complete by itself."""
    if kind == ord(":") and _WHOLE.fullmatch(rest):
        return int(rest)
    if kind == ord("+"):
        return rest.decode("utf-8", "replace")
    if kind == ord("-"):
        return Failure(rest.decode("utf-8", "replace"))
    if (kind == ord("_") and not rest) or (kind in b"$*" and rest == b"-1"):
        return None
    if kind == ord("#") and rest in (b"t", b"f"):
        return rest == b"t"
    if kind == ord(",") and _REAL.fullmatch(rest):
        return float(rest)
    if kind == ord("(") and _BIG.fullmatch(rest):
        return int(rest)
    raise ProtocolError(f"value: {chr(kind) + rest[:40].decode('latin-1')!r} (expected: RESP)")


def _text(kind: int, data: bytes) -> Value:
    if kind == ord("!"):
        return Failure(data.decode("utf-8", "replace"))
    return data[4:] if kind == ord("=") else data


def _map(values: Sequence[Value]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, value in zip(values[::2], values[1::2], strict=True):
        if isinstance(key, bytes):
            key = key.decode("utf-8", "replace")
        if not isinstance(key, str):
            raise ProtocolError("map: a key that is no text (expected: text)")
        found[key] = value
    return found
