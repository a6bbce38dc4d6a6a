# SPDX-License-Identifier: Apache-2.0
"""Who a client is, and the token that proves it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP
ANYBODY = "default"  # to the server: whoever has the token


class Credentials:
    """A user and a token; neither is set where a server has no users. Nothing prints the token."""

    __slots__ = ("token", "user")

    def __init__(self, user: str, token: str, token_file: str | os.PathLike[str]) -> None:
        """Takes one of token and file, or neither.

        :raises ValueError: if both are given, or a user without either
        :raises OSError: if the file cannot be read
        """
        if token and token_file:
            raise ValueError("token: given beside token_file (expected: one of them)")
        self.token = _read(Path(token_file)) if token_file else token
        if user and not self.token:
            raise ValueError(f"user: {user} without a token (expected: token or token_file)")
        self.user = user or ANYBODY

    def __repr__(self) -> str:
        return f"Credentials({self.user!r})"

    def words(self) -> list[bytes]:
        """What a `HELLO` says of it."""
        return [b"AUTH", self.user.encode(), self.token.encode()] if self.token else []


def _read(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & _OTHERS:
        raise ValueError(f"token_file: {path} has mode {mode:04o} (expected: 0600 or 0640)")
    token = path.read_text(encoding="utf-8").strip()
    if not token:
        raise ValueError(f"token_file: {path} is empty (expected: a token)")
    return token
