# SPDX-License-Identifier: Apache-2.0
"""The client for threads."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, TypeVar

from incipit import requests
from incipit._connection import Connection, Pending
from incipit._credentials import Credentials
from incipit._pending import (
    PORT,
    REPLY_LIMIT_BYTES,
    SILENCE_S,
    TIMEOUT_S,
    WINDOW,
    Deadline,
    answer,
    check_timeout,
    endpoint,
    frame,
    recorded,
)
from incipit._resp import Value
from incipit._shared import SharedMemory
from incipit._tls import Ca, Tls, TlsWay, way
from incipit.errors import (
    ClosedError,
    DeadlineError,
    IncipitError,
    NoNamespaceError,
    RefusedError,
    RequestSyntaxError,
    WidthError,
)
from incipit.records import Blocks, End, Hashes
from incipit.requests import Request

_UNSHARED = ("NOSHARE", "ERR")  # nothing is shared; a server that does not know what that is

P = ParamSpec("P")
T = TypeVar("T")


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
        self._where = (host, port)
        self._hello = hello
        self._reply_limit = reply_limit
        self._silence_s = silence_s
        self._tls = tls
        self._lock = threading.Lock()  # guards the rest; held while connecting
        self._connection: Connection | None = None
        self._closed = False
        self.attached: dict[str, Request[None]] = {}  # said again on each new connection
        self.memory = SharedMemory(reply_limit)

    def open(self, deadline: Deadline) -> Connection:
        """The connection, made anew if there is none that lives."""
        if not self._lock.acquire(timeout=deadline.left_s()):
            raise DeadlineError(f"{self.endpoint}: not connected before the deadline")
        try:
            if self._closed:
                raise ClosedError(f"client of {self.endpoint} is closed")
            if self._connection is None or not self._connection.is_open():
                self._connection = None
                self._connection = self._connect(deadline)
            return self._connection
        finally:
            self._lock.release()

    def _connect(self, deadline: Deadline) -> Connection:
        made = Connection(*self._where, deadline, self._reply_limit, self._silence_s, self._tls)
        try:
            _exchange(made, self._hello, 0, deadline)
            for said in list(self.attached.values()):
                with contextlib.suppress(RefusedError):  # who needs it is told then
                    _exchange(made, said, 0, deadline)
        except IncipitError:
            made.close(ClosedError("hello failed"))
            raise
        return made

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self.memory.close()
            if self._connection is not None:
                self._connection.close(ClosedError(f"client of {self.endpoint} was closed"))


def _method(build: Callable[P, Request[T]]) -> Callable[Concatenate[Client, P], T]:
    """A method that asks what `build` makes of its arguments."""

    @functools.wraps(build)
    def ask(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.ask(build(*args, **kwargs))

    return with_self(ask, build)


def with_self(method: Callable[P, T], build: Callable[..., Any]) -> Callable[P, T]:
    """Gives a method the signature of a function, for `help`."""
    signature = inspect.signature(build)
    first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    shown = signature.replace(parameters=[first, *signature.parameters.values()])
    method.__signature__ = shown  # type: ignore[attr-defined]
    return method


class Client:
    """A client of one server, over one connection. Thread-safe; make one and keep it.

        with Client() as client:
            print(client.score("default", [1, 2, 3]).listed)

    Connects at the first request, and again at the first one after the connection was lost: what
    is in flight then fails, nothing is sent twice. Requests of all threads follow one another on
    the connection without waiting for replies; a thread that wants many at a time has `ask_all`.
    Not to be used on both sides of a fork.

    The first request for a namespace asks for its contract first, to know how wide its hashes are;
    the answer is kept as long as the connection, and forgotten when the server disagrees.

    Methods take what the function of that name in `incipit.requests` takes. They raise an
    `IncipitError`, and `ValueError` for what the server would not take.

    :param timeout: seconds that a request may take, connecting included; `within` has others
    :param name: what `CLIENT LIST` of the server shows
    :param reply_limit: bytes that a reply may cost: its own, and 32 for each value in it
    :param silence: seconds without a byte after which a connection is given up, as soon as a
        request on it has met its deadline
    :param tls: True to encrypt the connection and trust the CAs of the system, or an `SSLContext`,
        which may have a certificate of the client's
    :param ca: a PEM file of the CAs to trust, and no others; implies `tls`
    :param server_name: the name that the server's certificate has to be for, if not `host`
    :param user: who it is, where the server has users; whoever has the token, unless given
    :param token: proves it
    :param token_file: a file that has the token, which others may not read
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

    def drop_namespace(self, name: str) -> None:
        """Forgets a namespace, all its owners, and its blocks."""
        self.ask(requests.drop_namespace(name))
        self._link.attached.pop(name, None)

    def attach(self, namespace: str, **fields: int | str) -> None:
        """Says what a namespace's bytes are, before blocks are put and read there.

        It is said again on each new connection, until the namespace is dropped by this client.

        :param fields: as of `incipit.requests.attach`
        :raises ContractError: unless it is what those before said
        """
        said = requests.attach(namespace, **fields)
        deadline = Deadline(self._timeout)
        self._link.open(deadline)  # first: it would be said twice on what is made after
        with recorded(self._link.attached, namespace, said):
            self._ask(self._link.open(deadline), said, deadline)

    def read_shared(
        self, namespace: str, hashes: Hashes, *, part: int = 0, deadline_ms: int = 0
    ) -> Blocks:
        """As `read`, from the memory of a server on this machine that shares it.

        The bytes are copied out of the file that its memory is, and verified. All is read over the
        connection, in the time that is left, if the server is elsewhere by its address or shares
        nothing, if its file cannot be read from here, if a block is no more where it was, or if no
        module computes CRC32C; what will not have gone is not tried for 30 s. Other refusals, a
        connection that is lost, and the time being over are raised, as `read` raises them.
        """
        asked_s = time.monotonic()
        deadline = Deadline(self._timeout)
        request = requests.where(namespace, hashes, part=part, deadline_ms=deadline_ms)
        memory = self._link.memory
        if memory.is_of_use() and (connection := self._link.open(deadline)).is_local:
            try:
                copied = memory.copy(self._ask(connection, request, deadline), asked_s)
                if copied is not None:
                    return copied
            except RefusedError as refused:
                if not isinstance(refused, RequestSyntaxError) and refused.code not in _UNSHARED:
                    raise
                memory.avoid()
        left_ms = deadline_ms - int((time.monotonic() - asked_s) * 1_000)
        if deadline_ms and left_ms <= 0:
            return Blocks((), End.DEADLINE, verified=True)
        left_s = deadline.left_s()
        if left_s <= 0:
            raise DeadlineError(f"{self._link.endpoint}: no reply before the deadline")
        other = self.within(left_s)
        return other.read(namespace, hashes, part=part, deadline_ms=deadline_ms and left_ms)

    def ask(self, request: Request[T]) -> T:
        """The answer to one request.

        :raises RefusedError: if the server refuses it
        """
        deadline = Deadline(self._timeout)
        return self._ask(self._link.open(deadline), request, deadline)

    def _ask(self, connection: Connection, request: Request[T], deadline: Deadline) -> T:
        width = _width(connection, request, deadline)
        return _exchange(connection, request, width, deadline)

    def ask_all(self, requests: Sequence[Request[T]]) -> list[T | RefusedError]:
        """The answers to many requests, in their order; refusals are in their place, not raised.

        Up to 64 are under way at a time, and the time of one request is that of all. If the
        connection fails, so does the whole.
        """
        deadline = Deadline(self._timeout)
        connection = self._link.open(deadline)
        widths = [_width(connection, request, deadline) for request in requests]
        frames = [frame(request, width) for request, width in zip(requests, widths, strict=True)]
        replies: list[Value] = []
        under_way: deque[Pending] = deque()
        for encoded in frames:
            if len(under_way) == WINDOW:
                replies.append(connection.wait(under_way.popleft(), deadline))
            under_way.append(connection.send(encoded, deadline))
        replies += [connection.wait(pending, deadline) for pending in under_way]
        found: list[T | RefusedError] = []
        for request, reply, width in zip(requests, replies, widths, strict=True):
            one = _answer(connection, request, reply, width)
            found.append(one)
        return found

    def close(self) -> None:
        """Ends the connection; whoever waits gets a `ClosedError`. Idempotent."""
        self._link.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _width(connection: Connection, request: Request[T], deadline: Deadline) -> int:
    """How wide the hashes of a request have to be, 0 if it has none."""
    namespace = request.namespace
    if not namespace:
        return 0
    width = connection.widths.get(namespace)
    if width is None:
        width = _exchange(connection, requests.contract_width(namespace), 0, deadline)
        connection.widths[namespace] = width
    return width


def _exchange(connection: Connection, request: Request[T], width: int, deadline: Deadline) -> T:
    pending = connection.send(frame(request, width), deadline)
    found = _answer(connection, request, connection.wait(pending, deadline), width)
    if isinstance(found, RefusedError):
        raise found
    return found


def _answer(
    connection: Connection, request: Request[T], reply: Value, width: int
) -> T | RefusedError:
    found = answer(request, reply, width)
    if isinstance(found, (WidthError, NoNamespaceError)):
        connection.widths.pop(request.namespace, None)
    return found
