#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Asks Incipit what engines have cached, then asks the engines, one request after the other.

    check.py --engine gpu-0=http://127.0.0.1:8000 [--engine ...] [--requests 200] [--quiet]

Before each request Incipit says how much of the prompt the engine holds, and afterwards the engine
how much it had cached (`usage.prompt_tokens_details.cached_tokens`). Prompts share beginnings,
repeat, continue conversations and are too many for the cache; now and then it is cleared. An engine
says that it cleared its cache only with its next step, so the first request after it may differ.
Prints one line a request, and exits with 1 if any other differs. Nothing but Python 3.10 is needed.
"""

import argparse
import json
import os
import platform
import random
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass

SETTLE_S = 20.0  # how long Incipit may take to know what a request stored
VOCABULARY = range(300, 30_000)  # any tokens of the tiny model that mean nothing


@dataclass(frozen=True)
class Prompt:
    kind: str
    tokens: list[int]
    answer: int = 1  # tokens to generate
    salt: str | None = None
    adapter: str | None = None

    def continued(self, tokens: list[int]) -> "Prompt":
        return Prompt(self.kind, self.tokens + tokens, self.answer, self.salt, self.adapter)


class Workload:
    """Makes up prompts: shared beginnings, documents, conversations, exact repeats."""

    def __init__(self, seed: int, block: int, salts: list[str], adapters: list[str]):
        self.random = random.Random(seed)
        self.block = block
        self.salts = salts
        self.adapters = adapters
        self.systems = [self.tokens(2 * block, 5 * block) for _ in range(4)]
        self.documents = [self.tokens(block, 8 * block) for _ in range(8)]
        self.talks: list[Prompt] = []

    def next(self) -> Prompt:
        pick = self.random.random()
        if pick < 0.5:
            text = self.one(self.systems) + self.one(self.documents) + self.tokens(1, 40)
            return self.of("document", text)
        if pick < 0.75:
            return self.turn()
        if pick < 0.85:  # ends with a full block, which an engine computes again
            text = self.one(self.documents[:3]) * 4
            return self.of("full blocks", text[: self.block * self.random.randrange(1, 5)])
        if pick < 0.9:
            return self.of("short", self.tokens(1, self.block))
        return self.of("new", self.tokens(self.block, 12 * self.block))

    def turn(self) -> Prompt:
        if self.talks and self.random.random() < 0.7:
            talk = self.talks.pop(self.random.randrange(len(self.talks)))
            if len(talk.tokens) < 24 * self.block:
                return talk.continued(self.tokens(5, 50))
        start = self.one(self.systems) + self.tokens(5, 50)
        return self.of("talk", start, answer=self.random.randrange(2, 45))

    def answered(self, prompt: Prompt, answer: list[int]) -> None:
        if prompt.kind == "talk":
            self.talks.append(prompt.continued(answer))

    def of(self, kind: str, tokens: list[int], answer: int = 1) -> Prompt:
        salt = self.one(self.salts) if self.salts and self.random.random() < 0.2 else None
        adapter = self.one(self.adapters) if self.adapters and self.random.random() < 0.4 else None
        return Prompt(kind, tokens, answer, salt, adapter)

    def tokens(self, least: int, most: int) -> list[int]:
        return [self.random.choice(VOCABULARY) for _ in range(self.random.randrange(least, most))]

    def one(self, among: list):
        return self.random.choice(among)


class Engine:
    """An engine's OpenAI API, and what it says of its cache."""

    def __init__(self, name: str, url: str):
        self.name = name
        self.url = url.rstrip("/")
        models = call(self.url + "/v1/models")["data"]
        self.model, *self.adapters = [model["id"] for model in models]
        self.is_sglang = models[0]["owned_by"] == "sglang"

    def cached(self, prompt: Prompt) -> tuple[int, list[int]]:
        """Runs a prompt: how many tokens were cached, and the tokens of the answer."""
        body = {
            "model": prompt.adapter or self.model,
            "prompt": prompt.tokens,
            "max_tokens": prompt.answer,
            "temperature": 0,
            "ignore_eos": True,
            "return_token_ids": True,
        }
        if prompt.salt:
            body["cache_salt"] = prompt.salt
        reply = call(self.url + "/v1/completions", body)
        details = reply["usage"].get("prompt_tokens_details") or {}
        return details.get("cached_tokens") or 0, reply["choices"][0].get("token_ids") or []

    def clear(self) -> None:
        call(self.url + ("/flush_cache" if self.is_sglang else "/reset_prefix_cache"), {})

    def version(self) -> str:
        if self.is_sglang:
            return "SGLang " + call(self.url + "/server_info")["version"]
        return "vLLM " + call(self.url + "/version")["version"]


class Incipit:
    """The router's API of a server that follows the engines."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")

    def held(self, engine: Engine, prompt: Prompt, tokens: list[int]) -> tuple[int, bool]:
        """How many leading tokens an engine holds, and whether it may hold more."""
        followed = self.follows(engine)
        group = followed["routing_group"]
        body = {
            "model": followed["model_name"],
            "tenant_id": group,
            "token_ids": tokens,
            "instances": [followed["instance_id"]],
        }
        if prompt.salt:
            body["cache_salt"] = prompt.salt
        if prompt.adapter:
            body["lora_name"] = prompt.adapter
        worker = call(self.url + "/query", body)[group][engine.name]
        return worker["GPU"], worker.get("partial", False)

    def follows(self, engine: Engine) -> dict:
        """How it stands with an engine."""
        workers = call(self.url + "/workers")
        names = [str(worker["instance_id"]) for worker in workers]
        if engine.name not in names:
            sys.exit(f"{engine.name}: not followed (Incipit follows {', '.join(names)})")
        return workers[names.index(engine.name)]


def call(url: str, body: dict | None = None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=120) as reply:
            text = reply.read()
    except urllib.error.HTTPError as refused:
        sys.exit(f"{url}: {refused.code} {refused.read().decode(errors='replace')}")
    except urllib.error.URLError as failed:
        sys.exit(f"{url}: {failed.reason}")
    return json.loads(text) if text[:1] in (b"{", b"[") else text.decode()


class Check:
    """Sends requests, and compares what Incipit said before with what the engine says after."""

    def __init__(self, incipit: Incipit, engines: list[Engine], seed: int, quiet: bool):
        self.incipit = incipit
        self.engines = engines
        self.quiet = quiet
        self.blocks = {engine.name: incipit.follows(engine)["block_size"] for engine in engines}
        adapters = sorted({name for engine in engines for name in engine.adapters})
        self.random = random.Random(seed)
        self.work = Workload(seed, self.blocks[engines[0].name], ["tenant-a", "tenant-b"], adapters)
        self.cleared: set[str] = set()
        self.counts: Counter[str] = Counter()

    def clear_one(self) -> None:
        engine = self.random.choice(self.engines)
        engine.clear()
        self.cleared.add(engine.name)
        self.counts["caches cleared"] += 1
        if not self.quiet:
            print(f"{'':>5} {engine.name:<8} cleared its cache")

    def one(self, number: int) -> None:
        engine = self.random.choice(self.engines)
        prompt = self.work.next()
        if prompt.adapter and prompt.adapter not in engine.adapters:
            prompt = Prompt(prompt.kind, prompt.tokens, prompt.answer, prompt.salt)
        held, partial = self.incipit.held(engine, prompt, prompt.tokens)
        block = self.blocks[engine.name]
        # The last token of a prompt is always computed, for the first one of the answer.
        predicted = min(held, (len(prompt.tokens) - 1) // block * block)
        # What was known before a clearing says nothing of whether the clearing is known.
        stale = self.position(engine) if engine.name in self.cleared else None
        reported, answer = engine.cached(prompt)
        agrees = self.judge(engine, predicted == reported)
        self.counts["with a salt"] += prompt.salt is not None
        self.counts["with an adapter"] += prompt.adapter is not None
        self.counts["something cached"] += reported > 0
        self.counts["tokens asked"] += len(prompt.tokens)
        self.counts["tokens cached"] += reported
        if not self.quiet or agrees != "yes":
            of = " ".join(word for word in (prompt.kind, prompt.salt, prompt.adapter) if word)
            print(
                f"{number:>5} {engine.name:<8} {of:<28} {len(prompt.tokens):>6} {predicted:>9}"
                f" {reported:>8}  {agrees}{', partial' if partial else ''}",
                flush=True,
            )
        self.settle(engine, prompt, answer, stale)
        self.work.answered(prompt, answer)

    def judge(self, engine: Engine, agrees: bool) -> str:
        if engine.name in self.cleared:
            self.counts["first after clearing"] += 1
            self.counts["first after clearing that differ"] += not agrees
            return "yes, first" if agrees else "no, first"
        self.counts["compared"] += 1
        self.counts["agree"] += agrees
        return "yes" if agrees else "NO"

    def settle(
        self, engine: Engine, prompt: Prompt, answer: list[int], stale: list[int] | None
    ) -> None:
        """Waits until Incipit knows what the request stored: the KV of all but the last token."""
        stored = (prompt.tokens + answer)[: len(prompt.tokens) + max(len(answer), 1) - 1]
        block = self.blocks[engine.name]
        full = len(stored) // block * block
        begin = time.monotonic()
        seen = stale
        while time.monotonic() - begin < SETTLE_S:
            held, _ = self.incipit.held(engine, prompt, stored)
            now = self.position(engine)
            if held >= full and now == seen and (now != stale or full == 0):
                if now != stale:
                    self.cleared.discard(engine.name)
                return
            seen = now
            time.sleep(0.02)
        self.counts["never settled"] += 1
        print(f"{'':>5} {engine.name:<8} Incipit knows {held} of {full} after {SETTLE_S:g} s")

    def position(self, engine: Engine) -> list[int]:
        """The next message that Incipit expects of each rank of an engine."""
        listeners = self.incipit.follows(engine)["listeners"]
        return [listener["next"] for listener in listeners.values()]

    def summary(self) -> None:
        print()
        for name, count in self.counts.items():
            print(f"{name:<34} {count:>9,}")
        for engine in self.engines:
            for listener in self.incipit.follows(engine)["listeners"].values():
                told = [f"{count:,} {name}" for name, count in listener["counts"].items() if count]
                print(f"{engine.name}: {listener['state']}; {', '.join(told)}")


def heading(engines: list[Engine]) -> None:
    """What was run, on what."""
    here = os.path.dirname(os.path.abspath(__file__))
    git = ["git", "-C", here, "describe", "--always", "--dirty", "--abbrev=12"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    print(time.strftime("%Y-%m-%d"), "commit", commit or "unknown")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores")
    print("check.py", shlex.join(sys.argv[1:]))
    for engine in engines:
        models = " ".join([engine.model, *engine.adapters])
        print(f"{engine.name}: {engine.version()}, models {models}")
    print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--incipit", default="http://127.0.0.1:7380", metavar="URL")
    parser.add_argument("--engine", action="append", required=True, metavar="WORKER=URL")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--clear-every", type=int, default=40, help="requests; 0: never")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quiet", action="store_true", help="show only what differs, and counts")
    given = parser.parse_args()
    engines = [Engine(*text.split("=", 1)) for text in given.engine]
    check = Check(Incipit(given.incipit), engines, given.seed, given.quiet)
    heading(engines)
    columns = f"{'tokens':>6} {'predicted':>9} {'reported':>8}  agree"
    print(f"{'no':>5} {'engine':<8} {'prompt':<28} {columns}")
    for number in range(1, given.requests + 1):
        if given.clear_every and number % given.clear_every == 0:
            check.clear_one()
        check.one(number)
    check.summary()
    return 0 if check.counts["compared"] == check.counts["agree"] else 1


if __name__ == "__main__":
    sys.exit(main())
