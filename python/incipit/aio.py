# SPDX-License-Identifier: Apache-2.0
"""The client for asyncio, and its owner."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from incipit import requests
from incipit._client import with_self
from incipit._credentials import Credentials
from incipit._pending import (
    IN_FLIGHT_MAX,
    PORT,
    READ_BYTES,
    REPLY_LIMIT_BYTES,
    SILENCE_S,
    TIMEOUT_S,
    Buffer,
    answer,
    check_timeout,
    endpoint,
    frame,
    recorded,
    unasked,
)
from incipit._resp import Parser, Push, Value
from incipit._stream import Stream
from incipit._tls import Ca, Tls, TlsWay, spoken, way
from incipit.errors import (
    ClosedError,
    ConnectionLostError,
    DeadlineError,
    IncipitError,
    NoNamespaceError,
    RefusedError,
    WidthError,
)
from incipit.records import Change, Contract, Published
from incipit.requests import Request

__all__ = ["Client", "Owner"]

P = ParamSpec("P")
T = TypeVar("T")


class _Connection:
    """One connection, with a task that reads replies and hands them out in order."""

    def __init__(
        self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int
    ) -> None:
        self.where = where
        self.failure: IncipitError | None = None
        self.widths: dict[str, int] = {}  # bytes of a hash, as namespaces said on this connection
        self.heard_s = asyncio.get_running_loop().time()
        self._writer = writer
        self._parser = Parser(limit)
        self._pending: deque[asyncio.Future[Value]] = deque()
        self._drain = asyncio.Lock()
        self._task = asyncio.create_task(self._read(reader))

    async def ask(self, encoded: Sequence[Buffer]) -> Value:
        """The reply to one request. When cancelled, the reply is dropped as it comes."""
        if self.failure is None and len(self._pending) >= 2 * IN_FLIGHT_MAX:
            self.end(ConnectionLostError(f"{self.where}: {len(self._pending)} without a reply"))
        self.check()
        if not self._pending:
            self.heard_s = asyncio.get_running_loop().time()
        future: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        self._pending.append(future)
        for stretch in encoded:
            # Copied: a writer may keep what it is given, and its owner may change that as soon as
            # this request is cancelled, or late.
            self._writer.write(bytes(stretch))
        try:
            async with self._drain:
                # What is wrong with the connection, its reader says too.
                with contextlib.suppress(OSError):
                    await self._writer.drain()
        except asyncio.CancelledError:
            future.cancel()
            raise
        return await future

    def check(self) -> None:
        """Raises what ended the connection, for each request anew."""
        if self.failure is not None:
            raise type(self.failure)(str(self.failure)) from self.failure.__cause__

    def end(self, why: IncipitError) -> None:
        """Ends the connection; requests without a reply fail with `why`. Idempotent."""
        if self.failure is None:
            self.failure = why
            self._task.cancel()
            # Not close: it would wait for what a dead peer never takes.
            self._writer.transport.abort()
        while self._pending:
            future = self._pending.popleft()
            if not future.done():
                future.set_exception(type(why)(str(why)))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while data := await reader.read(READ_BYTES):
                self.heard_s = asyncio.get_running_loop().time()
                for reply in self._parser.feed(data):
                    self._hand_out(reply)
            self.end(ConnectionLostError(f"{self.where}: ended by the server"))
        except IncipitError as e:
            self.end(e)
        except OSError as e:
            lost = ConnectionLostError(f"{self.where}: {spoken(e)}")
            lost.__cause__ = e
            self.end(lost)

    def _hand_out(self, reply: Value) -> None:
        if isinstance(reply, Push):
            return
        if not self._pending:
            raise unasked(reply)
        future = self._pending.popleft()
        if not future.done():
            future.set_result(reply)


class _Link:
    """The connection that a client and those made from it `within` another time share."""

    def __init__(
        self,
        host: str,
        port: int,
        hello: Request[None],
        reply_limit: int,
        silence_s: float,
        tls: TlsWay | None,
    ) -> None:
        self.endpoint = endpoint(host, port)
        self.in_flight = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._where = (host, port)
        self._hello = hello
        self._reply_limit = reply_limit
        self._silence_s = silence_s
        self._tls = tls
        self._lock = asyncio.Lock()
        self._connection: _Connection | None = None
        self._closed = False
        self.attached: dict[str, Request[None]] = {}  # said again on each new connection

    async def open(self) -> _Connection:
        """The connection, made anew if there is none that lives."""
        async with self._lock:
            self._check()
            if self._connection is None or self._connection.failure is not None:
                self._connection = None
                self._connection = await self._connect()
            return self._connection

    async def _connect(self) -> _Connection:
        try:
            reader, writer = await self._dial()
        except OSError as e:
            raise ConnectionLostError(f"{self.endpoint}: {spoken(e)}") from e
        made = _Connection(self.endpoint, reader, writer, self._reply_limit)
        try:
            await _exchange(made, self._hello, 0)
            for said in list(self.attached.values()):
                with contextlib.suppress(RefusedError):  # who needs it is told then
                    await _exchange(made, said, 0)
            self._check()
        except BaseException:
            made.end(ClosedError("hello failed"))
            raise
        return made

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._tls is None:
            return await asyncio.open_connection(*self._where, limit=READ_BYTES)
        return await asyncio.open_connection(
            *self._where,
            limit=READ_BYTES,
            ssl=self._tls.context,
            server_hostname=self._tls.server_name,
        )

    def _check(self) -> None:
        if self._closed:
            raise ClosedError(f"client of {self.endpoint} is closed")

    def end_if_silent(self) -> None:
        """Gives a connection up on which nothing comes, though something was asked."""
        if self._connection is not None:
            silent_s = asyncio.get_running_loop().time() - self._connection.heard_s
            if silent_s >= self._silence_s:
                why = ConnectionLostError(f"{self.endpoint}: silent for {silent_s:.1f} s")
                self._connection.end(why)

    def close(self) -> None:
        self._closed = True
        if self._connection is not None:
            self._connection.end(ClosedError(f"client of {self.endpoint} was closed"))


def _method(build: Callable[P, Request[T]]) -> Callable[Concatenate[Client, P], Awaitable[T]]:
    """A method that asks what `build` makes of its arguments."""

    @functools.wraps(build)
    async def ask(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.ask(build(*args, **kwargs))

    return with_self(ask, build)


class Client:
    """A client of one server for asyncio, over one connection. For the tasks of one event loop.

        async with Client() as client:
            print((await client.score("default", [1, 2, 3])).listed)

    As `incipit.Client`, but for waiting: many requests at a time are many tasks (or
    `asyncio.gather`), of which 1,024 are under way and others wait. A request that is cancelled
    may still be carried out by the server.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = PORT,
        *,
        timeout: float = TIMEOUT_S,
        name: str = "incipit-python",
        reply_limit: int = REPLY_LIMIT_BYTES,
        silence: float = SILENCE_S,
        tls: Tls = False,
        ca: Ca = None,
        server_name: str = "",
        user: str = "",
        token: str = "",
        token_file: str | os.PathLike[str] = "",
    ) -> None:
        self._timeout = check_timeout("timeout", timeout)
        silence_s = check_timeout("silence", silence)
        hello = requests.hello(name, Credentials(user, token, token_file).words())
        by = way(host, tls, ca, server_name)
        self._link = _Link(host, port, hello, reply_limit, silence_s, by)

    def within(self, timeout: float) -> Client:
        """This client, over the same connection, with another time for its requests."""
        other = object.__new__(Client)
        other._timeout = check_timeout("timeout", timeout)
        other._link = self._link
        return other

    match = _method(requests.match)
    score = _method(requests.score)
    locate = _method(requests.locate)
    run = _method(requests.run)
    publish = _method(requests.publish)
    create_namespace = _method(requests.create_namespace)
    namespace = _method(requests.namespace)
    namespaces = _method(requests.namespaces)
    owners = _method(requests.owners)
    owner = _method(requests.owner)
    engines = _method(requests.engines)
    stats = _method(requests.stats)
    ping = _method(requests.ping)
    put = _method(requests.put)
    commit = _method(requests.commit)
    abort = _method(requests.abort)
    read = _method(requests.read)

    async def drop_namespace(self, name: str) -> None:
        """As `incipit.Client.drop_namespace`."""
        await self.ask(requests.drop_namespace(name))
        self._link.attached.pop(name, None)

    async def attach(self, namespace: str, **fields: int | str) -> None:
        """As `incipit.Client.attach`."""
        await self._timed(self._attach(namespace, requests.attach(namespace, **fields)))

    async def _attach(self, namespace: str, said: Request[None]) -> None:
        await self._link.open()  # first: it would be said twice on what is made after
        with recorded(self._link.attached, namespace, said):
            await self._ask(said)

    async def ask(self, request: Request[T]) -> T:
        """The answer to one request.

        :raises RefusedError: if the server refuses it
        """
        return await self._timed(self._ask(request))

    async def _timed(self, asked: Coroutine[object, object, T]) -> T:
        try:
            return await asyncio.wait_for(asked, self._timeout)
        except asyncio.TimeoutError:
            self._link.end_if_silent()
            late = f"{self._link.endpoint}: no reply before the deadline"
            raise DeadlineError(late) from None

    async def _ask(self, request: Request[T]) -> T:
        async with self._link.in_flight:
            connection = await self._link.open()
            return await _exchange(connection, request, await _width(connection, request))

    async def close(self) -> None:
        """Ends the connection; whoever waits gets a `ClosedError`. Idempotent."""
        self._link.close()
        await asyncio.sleep(0)  # lets the reader end

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


class Owner:
    """As `incipit.Owner`, for asyncio."""

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
        self._lock = asyncio.Lock()

    @property
    def incarnation(self) -> int:
        """The life of the owner that publishes now."""
        return self._stream.incarnation

    @property
    def seq(self) -> int:
        """The number of the last publish that the server is known to have applied."""
        return self._stream.seq

    async def publish(self, *changes: Change) -> Published:
        """As `incipit.Owner.publish`."""
        async with self._lock:
            steps = self._stream.publish(changes)
            reply: object = None
            while True:
                try:
                    step = steps.send(reply)
                except StopIteration as e:
                    published: Published = e.value
                    return published
                reply = await self._take(step)

    async def _take(self, step: Request[object] | float) -> object:
        if isinstance(step, float):
            await asyncio.sleep(step)
            return None
        try:
            return await self._client.ask(step)
        except RefusedError as e:
            return e


async def _width(connection: _Connection, request: Request[T]) -> int:
    """How wide the hashes of a request have to be, 0 if it has none."""
    namespace = request.namespace
    if not namespace:
        return 0
    width = connection.widths.get(namespace)
    if width is None:
        width = await _exchange(connection, requests.contract_width(namespace), 0)
        connection.widths[namespace] = width
    return width


async def _exchange(connection: _Connection, request: Request[T], width: int) -> T:
    reply = await connection.ask(frame(request, width))
    found = answer(request, reply, width)
    if isinstance(found, RefusedError):
        if isinstance(found, (WidthError, NoNamespaceError)):
            connection.widths.pop(request.namespace, None)
        raise found
    return found
