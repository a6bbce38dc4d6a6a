# SPDX-License-Identifier: Apache-2.0
"""Asks over HTTP which workers hold a prompt, by its tokens: for routers without RESP."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from incipit._pending import Deadline, check_timeout
from incipit._tls import Ca, Tls, spoken, way
from incipit.errors import ConnectionLostError, DeadlineError, IncipitError, ProtocolError

REPLY_BYTES_MAX = 16 << 20
_READ_BYTES = 64 * 1024


class RouterError(IncipitError):
    """The server answered with another status than 200; `text` is the start of what it said."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}: {text}".rstrip(": "))
        self.status = status
        self.text = text


@dataclass(frozen=True)
class WorkerMatch:
    """Leading tokens of a prompt that a worker holds, in complete blocks.

    `matched` in whichever tier; `gpu` alone; `cpu` with the GPU; `disk` with both. `ranks` says the
    same as `gpu` for each data-parallel rank.
    """

    worker: str
    matched: int
    gpu: int = 0
    cpu: int = 0
    disk: int = 0
    ranks: Mapping[int, int] = field(default_factory=dict)


class Router:
    """The HTTP API of a server for routers, over one connection. Thread-safe, one at a time.

        router = Router("http://127.0.0.1:7380")
        for worker in router.query("qwen3-32b", token_ids):
            print(worker.worker, worker.matched)

    Connects at the first query, and again when the connection was lost.

    :param base_url: `http://host:port`, with a path before that of the API if there is one; with
        `https`, by TLS
    :param timeout: seconds that a query may take; while connecting or reading headers, between two
        pieces of it
    :param tls: True for the CAs of the system, or an `SSLContext`; of `https` only
    :param ca: a PEM file of the CAs to trust, and no others; of `https` only
    """

    def __init__(
        self, base_url: str, *, timeout: float = 5.0, tls: Tls = False, ca: Ca = None
    ) -> None:
        parts = urlsplit(base_url)
        encrypted = parts.scheme == "https"
        if not encrypted and (parts.scheme != "http" or tls or ca is not None):
            raise ValueError(
                f"base_url: {base_url!r} (expected: http://host:port, with TLS https://host:port)"
            )
        if not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"base_url: {base_url!r} (expected: http://host:port)")
        self._where = (parts.hostname, parts.port or (443 if encrypted else 80))
        self._way = way(parts.hostname, tls or ca is None, ca, "") if encrypted else None
        self._path = parts.path.rstrip("/") + "/query"
        self._timeout = check_timeout("timeout", timeout)
        self._lock = threading.Lock()  # guards the rest; held for a whole exchange
        self._connection: http.client.HTTPConnection | None = None

    def query(
        self,
        model: str,
        token_ids: Sequence[int],
        lora_name: str | None = None,
        cache_salt: str | None = None,
    ) -> tuple[WorkerMatch, ...]:
        """What each worker holds of a prompt, best first; workers that hold nothing may be absent.

        :raises RouterError: if the server refuses the query
        :raises ConnectionLostError: if there is no connection, `DeadlineError` if no answer in time
        :raises ProtocolError: if the answer is none
        """
        question: dict[str, Any] = {"model_name": model, "token_ids": list(token_ids)}
        if lora_name is not None:
            question["lora_name"] = lora_name
        if cache_salt is not None:
            question["cache_salt"] = cache_salt
        deadline = Deadline(self._timeout)
        if not self._lock.acquire(timeout=deadline.left_s()):
            raise DeadlineError(f"{self._path}: others are asking")
        try:
            status, body = self._exchange(json.dumps(question).encode(), deadline)
        finally:
            self._lock.release()
        if status != 200:
            raise RouterError(status, body[:500].decode("utf-8", "replace"))
        return _workers(body)

    def close(self) -> None:
        """Ends the connection. A later query makes another."""
        with self._lock:
            self._end()

    def __enter__(self) -> Router:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _exchange(self, question: bytes, deadline: Deadline) -> tuple[int, bytes]:
        """Asks; once more if a connection that was kept turns out to have ended meanwhile."""
        kept = self._connection is not None
        try:
            return self._ask(question, deadline)
        except TimeoutError as e:
            raise DeadlineError(f"{self._path}: no answer before the deadline") from e
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as e:
            if kept:
                return self._exchange(question, deadline)
            raise ConnectionLostError(f"{self._path}: {e}") from e
        except OSError as e:
            raise ConnectionLostError(f"{self._path}: {spoken(e)}") from e
        except http.client.HTTPException as e:
            raise ProtocolError(f"{self._path}: {e!r} (expected: an answer of HTTP)") from e

    def _ask(self, question: bytes, deadline: Deadline) -> tuple[int, bytes]:
        done = False
        try:
            connection = self._open(deadline)
            connection.request("POST", self._path, question, {"Content-Type": "application/json"})
            # Closed by hand: one whose length was given does not see its end when read by pieces,
            # and one that is cut off would keep the socket.
            with contextlib.closing(connection.getresponse()) as response:
                body = self._body(response, deadline)
                done = not response.will_close
                return response.status, body
        finally:
            if not done:  # what is left of an exchange must not be the answer to the next
                self._end()

    def _open(self, deadline: Deadline) -> http.client.HTTPConnection:
        left_s = max(deadline.left_s(), 0.001)
        if self._connection is None:
            if self._way is None:
                self._connection = http.client.HTTPConnection(*self._where, timeout=left_s)
            else:
                self._connection = http.client.HTTPSConnection(
                    *self._where, timeout=left_s, context=self._way.context
                )
        elif self._connection.sock is not None:
            self._connection.sock.settimeout(left_s)
        return self._connection

    def _body(self, response: http.client.HTTPResponse, deadline: Deadline) -> bytes:
        body = bytearray()
        while piece := response.read1(_READ_BYTES):
            body += piece
            if len(body) > REPLY_BYTES_MAX:
                raise ProtocolError(f"answer: above {REPLY_BYTES_MAX} bytes (expected: less)")
            if deadline.left_s() <= 0:
                raise DeadlineError(f"{self._path}: no whole answer before the deadline")
        if response.length:
            raise ConnectionLostError(f"{self._path}: ended by the server within its answer")
        return bytes(body)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _workers(body: bytes) -> tuple[WorkerMatch, ...]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as e:
        raise ProtocolError(f"answer: {e} (expected: JSON)") from None
    found = [_worker(name, of) for name, of in _object("instances", _object("", answer)).items()]
    return tuple(sorted(found, key=lambda w: (-w.matched, -w.gpu, -w.cpu, w.worker)))


def _worker(name: str, of: Any) -> WorkerMatch:
    if not isinstance(of, dict):
        raise ProtocolError(f"{name}: {of!r:.80} (expected: an object)")
    tiers = {tier: _tokens(tier, of.get(tier, 0)) for tier in ("gpu", "cpu", "disk")}
    matched = _tokens("longest_matched", of.get("longest_matched", max(tiers.values())))
    ranks: dict[int, int] = {}
    for rank, tokens in _object("dp", of).items():
        if not (rank.isascii() and rank.isdigit() and len(rank) < 10):
            raise ProtocolError(f"dp: {rank[:40]!r} (expected: a rank)")
        ranks[int(rank)] = _tokens("dp", tokens)
    return WorkerMatch(name, matched, **tiers, ranks=ranks)


def _object(key: str, of: Any) -> dict[str, Any]:
    """An object, or that under a key of it, empty if there is none."""
    found = of if not key else of.get(key, {})
    if not isinstance(found, dict):
        raise ProtocolError(f"{key or 'answer'}: {found!r:.80} (expected: an object)")
    return found


def _tokens(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ProtocolError(f"{key}: {value!r:.80} (expected: a number of tokens)")
    return value
