# SPDX-License-Identifier: Apache-2.0
"""A server from this checkout, as a child process."""

from __future__ import annotations

import atexit
import functools
import re
import subprocess
import threading
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 600.0  # the launcher may have to build first


class RealServer:
    """`./incipit serve` on free ports (or the one given), until it is killed.

    Settings have `_` for `.`, and `__` for `-`.

    Skips the test that asks for it where there is no launcher or no JDK. What once did not start
    is not tried again: each time may be a build that fails.
    """

    failure = ""

    def __init__(self, port: int = 0, **settings: str) -> None:
        if RealServer.failure:
            raise AssertionError(RealServer.failure)
        launcher = ROOT / "incipit"
        if not launcher.exists():
            raise unittest.SkipTest("no ./incipit above this package")
        if subprocess.run([launcher, "--jdk"], capture_output=True).returncode:
            raise unittest.SkipTest("no JDK for ./incipit")
        command = [str(launcher), "serve", "--port", str(port), "--http-port", "0"]
        for key, text in settings.items():
            command += ["--set", f"{key.replace('__', '-').replace('_', '.')}={text}"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        atexit.register(self.kill)
        self.port, self.http_port = self._ports()

    def _ports(self) -> tuple[int, int]:
        assert self.process.stdout is not None
        watchdog = threading.Timer(PATIENCE_S, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                found = re.search(r"RESP on port (\d+), HTTP on port (\d+)", line)
                if found:
                    return int(found[1]), int(found[2])
        finally:
            watchdog.cancel()
        RealServer.failure = f"./incipit serve ended with {self.process.wait()}"
        raise AssertionError(RealServer.failure)

    def kill(self) -> None:
        """Ends it at once, as a crash does. Idempotent."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@functools.cache
def shared() -> RealServer:
    """One for all tests, which take namespaces of their own."""
    return RealServer()
