# SPDX-License-Identifier: Apache-2.0
"""One connection that threads share, over a socket that never blocks by itself."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence

from incipit._pending import IN_FLIGHT_MAX, READ_BYTES, Buffer, Deadline, unasked
from incipit._resp import Parser, Push, Value
from incipit._tls import TlsSocket, TlsWay, encrypt
from incipit.errors import ConnectionLostError, DeadlineError, IncipitError


class Pending:
    """A request without a reply. Written by whoever reads the connection, under its lock."""

    __slots__ = ("done", "reply")

    def __init__(self) -> None:
        self.done = False
        self.reply: Value = None


class Connection:
    """Requests of all threads follow one another; replies come in the same order.

    There is no thread of its own. Of those that wait for replies one reads, for all; when it has
    its own, or its deadline has passed, another goes on. `_write_lock` keeps the order of requests
    on the wire that of `_pending`; `_turn` guards `_reading`, `_pending`, `_failure` and what is
    in a `Pending`. Who holds both took `_write_lock` first.
    """

    def __init__(
        self,
        host: str,
        port: int,
        deadline: Deadline,
        reply_limit: int,
        silence_s: float,
        tls: TlsWay | None = None,
    ) -> None:
        self.endpoint = f"{host}:{port}"
        self.widths: dict[str, int] = {}  # bytes of a hash, as namespaces said on this connection
        self._silence_s = silence_s
        self._parser = Parser(reply_limit)
        self._pending: deque[Pending] = deque()
        self._failure: IncipitError | None = None
        self._reading = False
        self._heard_s = time.monotonic()
        self._write_lock = threading.Lock()
        self._turn = threading.Condition()
        made = _connect(host, port, deadline)
        self.is_local = _is_local(made)  # whether the server's address is this machine's
        self._socket: socket.socket | TlsSocket = made
        if tls is not None:
            self._socket = encrypt(made, tls, self.endpoint, deadline)

    def is_open(self) -> bool:
        """False after a failure, and if the server has ended the connection meanwhile."""
        with self._turn:
            idle = not self._reading and not self._pending and self._failure is None
            if idle:
                self._reading = True
        if idle:
            try:
                self._read(0)
            finally:
                self._yield()
        return self._failure is None

    def send(self, frame: Sequence[Buffer], deadline: Deadline) -> Pending:
        """Sends one request. Blocks while the server takes nothing, until the deadline.

        :raises DeadlineError: if it could not be sent in time
        :raises ConnectionLostError: if there is no connection any more
        """
        if not self._write_lock.acquire(timeout=deadline.left_s()):
            raise self._late("others are still sending")
        try:
            pending = self._enqueue()
            for stretch in frame:
                self._write(memoryview(stretch), deadline)
            return pending
        except BaseException:
            # Also for Ctrl-C: behind half a request nothing can follow.
            self.close(ConnectionLostError(f"{self.endpoint}: broken off while sending"))
            raise
        finally:
            self._write_lock.release()

    def wait(self, pending: Pending, deadline: Deadline) -> Value:
        """The reply to a request that was sent. One that comes too late is dropped.

        :raises DeadlineError: if it does not come in time
        :raises ConnectionLostError: if the connection ends before it comes
        :raises ProtocolError: if what comes instead is no reply
        """
        while True:
            with self._turn:
                while self._reading and not pending.done and deadline.left_s() > 0:
                    self._turn.wait(deadline.left_s())
                if pending.done:
                    return pending.reply
                self._check()
                if self._reading:
                    raise self._late("no reply")
                self._reading = True
            try:
                self._read(deadline.left_s())
            finally:
                self._yield()
            if not pending.done and self._failure is None and deadline.left_s() <= 0:
                self._end_if_silent()
                raise self._late("no reply")

    def close(self, why: IncipitError) -> None:
        """Ends the connection; whoever waits gets `why`. Idempotent: the first reason stays."""
        with self._turn:
            if self._failure is None:
                self._failure = why
                # Wakes who reads; the descriptor goes when nobody uses it.
                _shut(self._socket)
            if not self._reading:
                self._socket.close()
            self._turn.notify_all()

    def _check(self) -> None:
        """Raises what ended the connection, for each thread anew."""
        if self._failure is not None:
            raise type(self._failure)(str(self._failure)) from self._failure.__cause__

    def _enqueue(self) -> Pending:
        pending = Pending()
        with self._turn:
            self._check()
            if not self._pending:
                self._heard_s = time.monotonic()
            if len(self._pending) < IN_FLIGHT_MAX:
                self._pending.append(pending)
                return pending
        self.close(ConnectionLostError(f"{self.endpoint}: {IN_FLIGHT_MAX} without a reply"))
        return self._enqueue()

    def _write(self, left: memoryview, deadline: Deadline) -> None:
        while left:
            try:
                left = left[self._socket.send(left) :]
                continue
            except BlockingIOError:
                pass
            except OSError as e:
                self._lose(e)
                self._check()
            if not self._ready(deadline.left_s(), write=True):
                raise self._late("not sent")

    def _read(self, timeout_s: float) -> None:
        """Reads what is there, or comes within the time, if anything.

        For whoever has set `_reading`. Does not raise: what goes wrong ends the connection.
        """
        try:
            if not self._ready(timeout_s, write=False):
                return
            data = self._socket.recv(READ_BYTES)
            self._heard_s = time.monotonic()
            if not data:
                self.close(ConnectionLostError(f"{self.endpoint}: ended by the server"))
            for reply in self._parser.feed(data):
                self._hand_out(reply)
        except BlockingIOError:
            return
        except IncipitError as e:
            self.close(e)
        except OSError as e:
            self._lose(e)

    def _ready(self, timeout_s: float, write: bool) -> bool:
        """Whether the socket takes (or has) bytes within the time, or has failed."""
        if self._socket.fileno() < 0:
            raise OSError("closed")
        if not write and isinstance(self._socket, TlsSocket) and self._socket.pending():
            return True
        return _ready(self._socket, timeout_s, write)

    def _hand_out(self, reply: Value) -> None:
        if isinstance(reply, Push):
            return
        with self._turn:
            if not self._pending:
                raise unasked(reply)
            pending = self._pending.popleft()
            pending.reply = reply
            pending.done = True

    def _yield(self) -> None:
        """Lets another thread read, and those go on whose replies have come."""
        with self._turn:
            self._reading = False
            if self._failure is not None:
                self._socket.close()
            self._turn.notify_all()

    def _end_if_silent(self) -> None:
        """Gives a connection up on which nothing comes, though something was asked."""
        silent_s = time.monotonic() - self._heard_s
        if silent_s >= self._silence_s:
            self.close(ConnectionLostError(f"{self.endpoint}: silent for {silent_s:.1f} s"))

    def _lose(self, cause: Exception) -> None:
        lost = ConnectionLostError(f"{self.endpoint}: {cause}")
        lost.__cause__ = cause
        self.close(lost)

    def _late(self, what: str) -> DeadlineError:
        return DeadlineError(f"{self.endpoint}: {what} before the deadline")


def _connect(host: str, port: int, deadline: Deadline) -> socket.socket:
    try:
        made = socket.create_connection((host, port), timeout=max(deadline.left_s(), 0.001))
    except TimeoutError as e:
        raise DeadlineError(f"{host}:{port}: not connected before the deadline") from e
    except OSError as e:
        raise ConnectionLostError(f"{host}:{port}: {e}") from e
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setblocking(False)
    return made


def _is_local(made: socket.socket) -> bool:
    """Whether the other side's address is loopback, or another one of this machine's."""
    with contextlib.suppress(OSError, ValueError):
        host, _, *scope = made.getpeername()
        if ipaddress.ip_address(host).is_loopback:
            return True
        with socket.socket(made.family, socket.SOCK_DGRAM) as tried:
            tried.bind((host, 0, *scope))  # refused for what is another's
            return True
    return False


def _ready(on: socket.socket | TlsSocket, timeout_s: float, write: bool) -> bool:
    """Whether a socket can be read (or written) within the time."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(on, select.POLLOUT if write else select.POLLIN)
        return bool(poll.poll(timeout_s * 1_000))
    read, wrote, _ = select.select([] if write else [on], [on] if write else [], [], timeout_s)
    return bool(read or wrote)


def _shut(on: socket.socket | TlsSocket) -> None:
    with contextlib.suppress(OSError):  # already ended by the other side
        on.shutdown(socket.SHUT_RDWR)
