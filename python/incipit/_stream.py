# SPDX-License-Identifier: Apache-2.0
"""The stream of an owner, without a connection: what to ask next, and what a reply means."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable
from typing import Any, TypeAlias

from incipit import requests
from incipit._held import Held, bytes_of
from incipit.errors import (
    BusyError,
    ConflictError,
    GapError,
    NoNamespaceError,
    RefusedError,
    ServerFailedError,
)
from incipit.hashes import one, pack
from incipit.records import Change, Clear, Contract, Published, Remove, Store, Synced
from incipit.requests import CHANGES_MAX, Request

ATTEMPTS = 8
PAUSE_S = 0.05
BATCH_BYTES = 3 << 20  # one change has up to 4 MiB more, a request at most 8
BATCH_CHANGES = min(CHANGES_MAX, 10_000)  # 6 words each at most, a request 65,536

Steps: TypeAlias = Generator[Request[Any] | float, Any, Published]
"""Yields requests, and seconds to wait; gets answers, or the `RefusedError` that came instead."""


class Stream:
    """Numbers the publishes of one owner, and re-bases where the server has lost the thread.

    What is held is noted before it is told. `_queue` has what is not acknowledged, in publishes,
    the first of number `seq + 1`; it was sent before exactly if `_sent`. For one thread.
    """

    def __init__(
        self, namespace: str, name: str, contract: Contract, incarnation: int | None
    ) -> None:
        self.incarnation = _now_ms() if incarnation is None else incarnation
        self.seq = 0
        requests.publish(namespace, name, self.incarnation, 1)  # refuses what is no name
        self._namespace = namespace
        self._name = name
        self._contract = contract
        self._created = False
        self._held = Held(contract.hash_bytes)
        self._queue: deque[list[Change]] = deque()
        self._sent = False
        self._rebase = False

    def publish(self, changes: Iterable[Change]) -> Steps:
        """Tells changes, and what of earlier ones is not acknowledged. Run it to its end.

        If it is closed before, it is not known what the server has; the next one finds out.
        """
        width = self._contract.hash_bytes
        plain: list[Change] = []
        for change in changes:
            plain.append(_plain(change, width))
            if plain[-1] == Clear():
                # To a server that has forgotten, this begins a re-base: it is whole at once.
                plain.append(Synced())
        for change in plain:
            self._held.apply(change)
        if len(self._queue) > 1:
            self._rebase = True
        self._queue.extend(_batches(plain))
        return self._deliver()

    def _deliver(self) -> Steps:
        for attempt in range(ATTEMPTS):
            told = yield from self._tell()
            if isinstance(told, Published):
                return told
            self._react(told)
            if attempt == ATTEMPTS - 1:
                raise told
            if isinstance(told, (BusyError, ServerFailedError)):
                yield PAUSE_S * 2**attempt
        raise AssertionError("unreachable")

    def _tell(self) -> Generator[Request[Any], Any, Published | RefusedError]:
        """Makes the namespace and sends the queue, one by one; stops at a refusal."""
        if not self._created:
            # To say it again is no harm, and a mismatch is refused.
            reply = yield requests.create_namespace(self._namespace, self._contract)
            if isinstance(reply, RefusedError):
                return reply
            self._created = True
        if self._rebase:
            self._begin_again()
        if not self._queue:
            return (yield from self._probe())
        not_stored = 0
        while self._queue:
            reply = yield self._next()
            self._sent = False
            if isinstance(reply, RefusedError):
                return reply
            if reply.seq != self.seq + 1:
                return ConflictError("CONFLICT", f"{reply.seq} applied, {self.seq + 1} sent")
            self.seq += 1
            self._queue.popleft()
            not_stored += reply.not_stored
        return Published(self.seq, not_stored)

    def _probe(self) -> Generator[Request[Any], Any, Published | RefusedError]:
        """Asks how far the server is: it may have forgotten, or another process gone on."""
        reply = yield requests.publish(self._namespace, self._name, self.incarnation, self.seq + 1)
        if isinstance(reply, RefusedError) or reply.seq == self.seq:
            return reply  # type: ignore[no-any-return]
        if reply.seq < self.seq:
            return GapError("GAP", f"{reply.seq + 1} is expected, {self.seq} was applied before")
        return ConflictError("CONFLICT", f"{reply.seq} applied, {self.seq} sent")

    def _next(self) -> Request[Published]:
        self._sent = True
        changes = self._queue[0]
        number = self.seq + 1
        return requests.publish(self._namespace, self._name, self.incarnation, number, changes)

    def _react(self, refusal: RefusedError) -> None:
        """Decides what follows a refusal; raises the ones that trying again does not help."""
        if isinstance(refusal, (GapError, BusyError)):
            expected = refusal.expected
            moved = expected is not None and expected != self.seq + 1
            if expected is not None:
                self.seq = expected - 1
            self._rebase = self._rebase or moved or isinstance(refusal, GapError)
        elif isinstance(refusal, NoNamespaceError):
            self._created = False
            self._rebase = True
        elif isinstance(refusal, ConflictError):
            self.incarnation = max(self.incarnation + 1, _now_ms())
            self.seq = 0
            self._rebase = True
        elif isinstance(refusal, ServerFailedError):
            self._rebase = True
        else:
            self._rebase = True  # or the same would be refused for ever
            raise refusal

    def _begin_again(self) -> None:
        """Puts all that is held into the queue, instead of what was there."""
        if self._sent:
            self.seq += 1  # may be applied, and that number must not come with other content
        changes: list[Change] = [Clear(), *self._held.stores(), Synced()]
        self._queue = deque(_batches(changes))
        self._sent = False
        self._rebase = False


def _batches(changes: list[Change]) -> Iterable[list[Change]]:
    """Changes in publishes that a server takes, in their order."""
    batch: list[Change] = []
    size = 0
    for change in changes:
        if len(batch) == BATCH_CHANGES or size > BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(change)
        size += 128
        if isinstance(change, (Store, Remove)):
            size += len(bytes_of(change.hashes))
    if batch:
        yield batch


def _plain(change: Change, width: int) -> Change:
    """The same change with its hashes as bytes, checked."""
    requests.change_words(change, width)
    if isinstance(change, Store):
        parent = b"" if change.parent in (b"", "") else one("parent", change.parent, width)
        return Store(pack("hashes", change.hashes, width), change.tier, parent, change.skip)
    if isinstance(change, Remove):
        return Remove(pack("hashes", change.hashes, width), change.tier)
    return change


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
