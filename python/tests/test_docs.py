# SPDX-License-Identifier: Apache-2.0
"""What the pages show is what happens: this package's README, its example, the protocol's page."""

from __future__ import annotations

import doctest
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from incipit import Client, Contract, Owner, Store, Tier
from incipit._resp import Failure, Parser, Value, encode
from tests.fake import PATIENCE_S, FakeServer
from tests.real import ROOT, RealServer, shared
from tests.test_router import GOOD, saying

PACKAGE = Path(__file__).resolve().parents[1]
README = (PACKAGE / "README.md").read_text()

# A cursor in hex. Its first 4 bytes are those of the server that gave it; the page shows 1.
CURSOR = re.compile(r"\b([0-9a-f]{8})([0-9a-f]{64})\b")


def fenced(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


class ReadmeTest(unittest.TestCase):
    def test_snippets_of_python_print_what_is_shown(self) -> None:
        with FakeServer(saying(GOOD)) as http, Client(port=shared().port, timeout=60) as other:
            if "chat" in other.namespaces():
                other.drop_namespace("chat")
            text = "\n".join(fenced("python", README))
            text = text.replace("Client()", f"Client(port={shared().port}, timeout=60)")
            text = text.replace(":7380", f":{http.port}").replace("within(0.5)", "within(60)")
            test = doctest.DocTestParser().get_doctest(text, {}, "README.md", "README.md", 0)
            self.assertGreater(len(test.examples), 20)
            said: list[str] = []
            runner = doctest.DocTestRunner(verbose=False)
            runner.run(test, out=said.append)
        self.assertEqual(0, runner.failures, "".join(said))

    def test_snippets_of_the_console_install_the_package(self) -> None:
        # As pip does it, but with the setuptools that are here, and into a folder of the test.
        self.assertEqual(["$ pip install ./python\n"], fenced("console", README))
        for needed in ("pip", "setuptools", "wheel"):  # newer setuptools need no wheel
            if importlib.util.find_spec(needed) is None:
                self.skipTest(f"no {needed} for {sys.executable}")
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "source"), Path(folder, "target")
            source.mkdir()
            for name in ("pyproject.toml", "README.md"):
                shutil.copy(PACKAGE / name, source)
            shutil.copytree(PACKAGE / "incipit", source / "incipit")
            options = ["--no-index", "--no-build-isolation", "--no-deps", "--target", str(target)]
            _call([sys.executable, "-m", "pip", "install", "-q", *options, str(source)])
            self.assertTrue((target / "incipit" / "py.typed").exists())
            code = "import incipit, incipit.aio, incipit.router; print(incipit.__file__)"
            said = _call([sys.executable, "-c", code], PYTHONPATH=str(target), cwd=folder)
            self.assertIn(str(target), said)

    def test_all_errors_of_the_package_are_exported(self) -> None:
        import incipit

        names = {name for name in dir(incipit.errors) if name.endswith("Error")}
        self.assertEqual(set(), names - set(incipit.__all__))


class ExampleTest(unittest.TestCase):
    def test_router_sends_prompts_where_their_prefix_is(self) -> None:
        with Client(port=shared().port, timeout=60) as client:
            for name, chain in (("gpu-0", [1, 2, 3]), ("gpu-1", [1, 2, 7, 8]), ("gpu-2", [1])):
                Owner(client, "example", name, Contract(16, 8)).publish(Store(chain))
            host = Owner(client, "example", "gpu-3", Contract(16, 8))
            host.publish(Store([1, 2, 3, 4], Tier.HOST))
        lines = ([1, 2, 3], [1, 2, 3, 4], [1, 2, 7, 8, 9], [9], [9, 10])
        prompts = "".join(" ".join(f"{h:016x}" for h in line) + "\n" for line in lines)
        example = str(PACKAGE / "examples" / "router.py")
        command = [sys.executable, example, str(shared().port), "example"]
        said = _call(command, prompts, PYTHONPATH=str(PACKAGE))
        expected = ["gpu-0 3 of 3", "gpu-3 4 of 4", "gpu-1 4 of 5", "gpu-0 0 of 1", "gpu-2 0 of 2"]
        self.assertEqual(expected, said.splitlines())


class ProtocolPageTest(unittest.TestCase):
    """Runs the conversation of docs/protocol.md through the decoder, on one fresh connection."""

    def test_examples_are_decoded_to_what_is_shown(self) -> None:
        page = ROOT / "docs" / "protocol.md"
        if not page.exists():
            self.skipTest(f"no {page}")
        server = RealServer()
        self.addCleanup(server.kill)
        to = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S)
        with to:
            parser = Parser(64 << 20)
            of_server = ""
            examples = _examples("".join(fenced("kvc", page.read_text())))
            self.assertGreater(len(examples), 50)
            for request, shown in examples:
                words = [CURSOR.sub(f"{of_server}\\2", word) for word in _words(request)]
                to.sendall(encode(word.encode() for word in words))
                lines = _lines(_reply(to, parser))
                cursor = CURSOR.search("\n".join(lines))
                of_server = cursor[1] if cursor else of_server
                lines = [CURSOR.sub(r"00000001\2", line) for line in lines]
                self.assertTrue(_fits(lines, shown), f"{request}\n" + "\n".join(lines))


def _call(command: list[str], given: str = "", cwd: str | None = None, **env: str) -> str:
    ran = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **env},
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def _examples(text: str) -> list[tuple[str, list[str]]]:
    """Requests of a conversation, and the lines shown below each."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("> "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def _words(line: str) -> list[str]:
    """The words of a request: one between single quotes may have blanks, or nothing."""
    return [quoted or word for quoted, word in re.findall(r"'([^']*)'|([^ ]+)", line)]


def _reply(to: socket.socket, parser: Parser) -> Value:
    while True:
        data = to.recv(7)  # so that replies come in pieces
        assert data, "ended by the server"
        for value in parser.feed(data):
            return value


def _fits(lines: list[str], shown: list[str]) -> bool:
    """Whether lines are those that are shown, but for what `...` leaves out."""
    if "..." not in shown:
        return lines == shown
    at = shown.index("...")
    after = shown[at + 1 :]
    whole = len(shown) - 1 <= len(lines)
    return whole and lines[:at] == shown[:at] and lines[len(lines) - len(after) :] == after


def _lines(value: Value) -> list[str]:
    """A reply as redis-cli shows it."""
    if value is None:
        return ["(nil)"]
    if isinstance(value, Failure):
        return [f"(error) {value.text}"]
    if isinstance(value, int):
        return [f"(integer) {value}"]
    if isinstance(value, str):
        return [value]
    if isinstance(value, bytes):
        return [_quoted(value)]
    assert isinstance(value, list)
    lines = []
    for i, inner in enumerate(value, 1):
        head = f"{i:{len(str(len(value)))}}) "
        for line in _lines(inner):
            lines.append(head + line)
            head = " " * len(head)
    return lines or ["(empty array)"]


def _quoted(data: bytes) -> str:
    named = {ord("\\"): "\\\\", ord('"'): '\\"', 10: "\\n", 13: "\\r", 9: "\\t", 7: "\\a", 8: "\\b"}
    plain = (named.get(b) or (chr(b) if 32 <= b < 127 else f"\\x{b:02x}") for b in data)
    return '"' + "".join(plain) + '"'


if __name__ == "__main__":
    unittest.main()
