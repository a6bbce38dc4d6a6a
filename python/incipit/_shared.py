# SPDX-License-Identifier: Apache-2.0
"""The memory of a server on this machine, read from the file that it is."""

from __future__ import annotations

import os
import re
import stat
import threading
import time

from incipit import _checksums
from incipit.records import Blocks, Located

AVOIDED_S = 30.0
NAME = re.compile(rb"incipit-pool-[0-9a-f]{32}")
MOUNTS = "/proc/self/mountinfo"


class _File:
    """An open file, for as long as anybody has it: a number that was closed may be another's."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.close(self.number)


class SharedMemory:
    """Copies blocks out of a file of a server. For all threads.

    Read by position and not mapped: the server cuts the file when it stops, and a process that
    touches what is mapped beyond the end of a file is ended. Without a module for CRC32C it is of
    no use: only checksums tell a block from what took its place.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()  # guards the rest
        self._path = b""
        self._file: _File | None = None
        self._avoided_s = -AVOIDED_S
        self._closed = False

    def is_of_use(self) -> bool:
        """False if it has failed in the last 30 s for a reason that will not have gone."""
        with self._lock:
            late = time.monotonic() - self._avoided_s >= AVOIDED_S
        return late and _checksums.crc is not None and hasattr(os, "pread")

    def avoid(self) -> None:
        """It does not work, and is not tried again for a while."""
        with self._lock:
            self._avoided_s = time.monotonic()
            self._path, self._file = b"", None

    def copy(self, located: Located, asked_s: float) -> Blocks | None:
        """Copies of all blocks that are located; None if one is no more there, or too late.

        None as well if they are more bytes than the limit.

        :param asked_s: before when they were asked for, by `time.monotonic`
        """
        if sum(place.length for place in located.places) > self._limit:
            return None
        try:
            file = self._open(located.path)
            blocks = []
            for place in located.places:
                data = os.pread(file.number, place.length, place.offset)
                if len(data) != place.length:
                    raise OSError("the file is shorter than what is said to be in it")
                if not _checksums.fits(data, place.checksums):
                    return None
                blocks.append(data)
        except MemoryError:
            return None
        except (OSError, ValueError, OverflowError):
            self.avoid()
            return None
        if (time.monotonic() - asked_s) * 1_000 >= located.lease_ms:
            return None
        return Blocks(tuple(blocks), located.end, verified=True)

    def _open(self, path: bytes) -> _File:
        """The file at a path. Whoever has it keeps it open, whatever others do."""
        with self._lock:
            if self._file is None or self._path != path:
                self._file = None
                if self._closed or not os.path.isabs(path):
                    raise OSError("no file is opened")
                self._file = _own(path)
                self._path = path
            return self._file

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._path, self._file = b"", None


def _own(path: bytes) -> _File:
    """A regular file of this process's user that has one name, the name of a server's memory.

    It has to be on a tmpfs, as far as the system says.

    :raises OSError: if it is none
    """
    if not NAME.fullmatch(os.path.basename(path)):
        raise OSError("no name of a server's memory")
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    file = _File(os.open(path, flags))
    its = os.fstat(file.number)
    if not stat.S_ISREG(its.st_mode) or its.st_nlink != 1 or its.st_uid != os.geteuid():
        raise OSError("no file of this user's")
    if not _is_memory(its.st_dev):
        raise OSError("no file on a tmpfs")
    return file


def _is_memory(device: int) -> bool:
    """Whether a file system is a tmpfs; true where there is no list of file systems."""
    wanted = f"{os.major(device)}:{os.minor(device)}"
    try:
        with open(MOUNTS, encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                where, _, what = line.partition(" - ")
                if where.split()[2] == wanted:
                    return what.split()[0] == "tmpfs"
    except FileNotFoundError:
        return True
    return False
