# SPDX-License-Identifier: Apache-2.0
"""The owner for threads."""

from __future__ import annotations

import threading
import time

from incipit._client import Client
from incipit._stream import Stream
from incipit.errors import RefusedError
from incipit.records import Change, Contract, Published
from incipit.requests import Request


class Owner:
    """An owner: says what it holds, and keeps the numbers of its stream. Thread-safe.

        owner = Owner(client, "chat", "gpu-0", Contract(block_tokens=16, hash_bytes=8))
        owner.publish(Store([1, 2, 3]))
        owner.publish(Remove([3]))

    Makes the namespace if it is not there. Keeps what it holds (about 300 bytes a block), so that
    after a gap, or a restart of the server, it tells the whole again (re-bases) by itself. On a
    conflict (another process publishes as this owner) it starts a higher incarnation, and the
    other one is fenced.

    :param contract: of the namespace; `ContractError` at the first publish if it has another one
    :param incarnation: one life of the owner, a later one has to be higher; the time in
        milliseconds if not given
    """

    def __init__(
        self,
        client: Client,
        namespace: str,
        name: str,
        contract: Contract,
        *,
        incarnation: int | None = None,
    ) -> None:
        self._client = client
        self._stream = Stream(namespace, name, contract, incarnation)
        self._lock = threading.Lock()  # held while a publish is under way: they have an order

    @property
    def incarnation(self) -> int:
        """The life of the owner that publishes now."""
        return self._stream.incarnation

    @property
    def seq(self) -> int:
        """The number of the last publish that the server is known to have applied."""
        return self._stream.seq

    def publish(self, *changes: Change) -> Published:
        """Says what is held now, and what no more; in as many publishes as it takes.

        Without changes it sends what an earlier call could not, or asks whether the server still
        has what it was told, and tells it again if not: once in a while, for owners that are idle.
        What was said counts also if it raises, so there is nothing to repeat: the next call finds
        out what the server has.
        Waits and tries again, up to 8 times, while the server is busy.

        :raises FencedError: if a later incarnation of this owner has begun
        :raises ConnectionLostError: if there is no connection, `DeadlineError` if no reply
        :raises ValueError: if hashes are not as wide as the contract says; nothing was said then
        """
        with self._lock:
            steps = self._stream.publish(changes)
            reply: object = None
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration as e:
                    published: Published = e.value
                    return published
                reply = self._take(step)

    def _take(self, step: Request[object] | float) -> object:
        if isinstance(step, float):
            time.sleep(step)
            return None
        try:
            return self._client.ask(step)
        except RefusedError as e:
            return e
