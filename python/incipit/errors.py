# SPDX-License-Identifier: Apache-2.0
"""Why a request has no answer. All are an `IncipitError`; misuse is a `ValueError`."""

from __future__ import annotations


class IncipitError(Exception):
    """Whatever may go wrong between a client and a server."""


class ConnectionLostError(IncipitError, ConnectionError):
    """The connection could not be made, or ended before the reply came.

    The server may still have done what it was asked.
    """


class ClosedError(IncipitError):
    """The client was closed."""


class DeadlineError(IncipitError, TimeoutError):
    """There was no reply in time. The server may still have done what it was asked."""


class ProtocolError(IncipitError):
    """The server sent what is no reply, or not the one that fits the request."""


class RefusedError(IncipitError):
    """The server refused a request, and but for `GAP` changed nothing.

    `code` is the first word of the error on the wire, `detail` the rest: what was given, and what
    was expected. Codes of docs/protocol.md have a class of their own, others have this one.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code} {detail}".rstrip())
        self.code = code
        self.detail = detail

    @staticmethod
    def of(text: str) -> RefusedError:
        """The error of a line of the wire, such as `GAP 4 got 9`."""
        code, _, detail = text.partition(" ")
        return _BY_CODE.get(code, RefusedError)(code, detail)

    def _number(self) -> int | None:
        word = self.detail.partition(" ")[0]
        return int(word) if word.isascii() and word.isdigit() and len(word) < 20 else None


class NoNamespaceError(RefusedError):
    """The namespace does not exist."""


class WidthError(RefusedError):
    """Hashes are not as wide as the namespace says."""


class LimitError(RefusedError):
    """Something is longer, or more, than a limit."""


class RequestSyntaxError(RefusedError):
    """The words do not fit the command."""


class ContractError(RefusedError):
    """The namespace exists with another contract."""


class GapError(RefusedError):
    """A publish is missing; the owner is partial from now on."""

    @property
    def expected(self) -> int | None:
        """The number that the next publish should have had; None if the server does not say."""
        return self._number()


class ConflictError(RefusedError):
    """A repeat of the last publish has other content than the first."""


class FencedError(RefusedError):
    """This life of the owner is over."""

    @property
    def current(self) -> int | None:
        """The incarnation that is current; None if the server does not say."""
        return self._number()


class StaleCursorError(RefusedError):
    """The place that a cursor names is gone: send the whole chain."""


class BusyError(RefusedError):
    """Too much waits: send it again, a little later."""

    @property
    def expected(self) -> int | None:
        """Of a publish, the number that is expected of its owner; None if it is not known."""
        return self._number()


class UnknownUserError(RefusedError):
    """`NOAUTH` or `WRONGPASS`: the server does not know who asks."""


class NotAllowedError(RefusedError):
    """`NOPERM`: the user has not the right that the request needs."""


class ServerFailedError(RefusedError):
    """`INTERNAL`, a bug of the server; its log says more."""


_BY_CODE: dict[str, type[RefusedError]] = {
    "NONAMESPACE": NoNamespaceError,
    "WIDTH": WidthError,
    "LIMIT": LimitError,
    "SYNTAX": RequestSyntaxError,
    "CONTRACT": ContractError,
    "GAP": GapError,
    "CONFLICT": ConflictError,
    "FENCED": FencedError,
    "STALECURSOR": StaleCursorError,
    "BUSY": BusyError,
    "NOAUTH": UnknownUserError,
    "WRONGPASS": UnknownUserError,
    "NOPERM": NotAllowedError,
    "INTERNAL": ServerFailedError,
}
