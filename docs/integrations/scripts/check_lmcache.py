#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tries an unmodified LMCache against Incipit; lmcache.sh installs it and calls this.

    check_lmcache.py FOLDER [--repeat 3] [--redis] [--restart] [--only NAME] [--set KEY=VALUE]...

Starts `./incipit serve` on a free port. Runs `lmcache bench l2` with verification through each
adapter that speaks RESP, and once more with a capacity; then chunks through LMCache's storage
(lmcache_chunks.py): across a restart of LMCache, and with a capacity that makes it delete. With
--redis the same goes to a redis-server beside it, in turns. With --restart Incipit is stopped and
started between storing and loading, which needs a disk (--set store.disk-directory=DIR --set
store.disk-limit=8GiB). Raw output goes to FOLDER/raw; a summary is printed. Exits with 1 if any
check failed.
"""

import argparse
import json
import os
import platform
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
START_S = 300.0  # the first start builds
SIZES = ((32, 256), (8, 4096))  # keys a round, KiB of each
ROUNDS = 3
ROUNDS_WARMING = 40
ROUNDS_MEASURED = 11
CAPACITY_GIB = 1 / 32
ENVIRONMENT = {
    **os.environ,
    "LMCACHE_TRACK_USAGE": "false",
    "LMCACHE_DISABLE_BANNER": "1",
    "LMCACHE_LOG_LEVEL": "WARNING",
    "HF_HUB_OFFLINE": "1",
    "PYTHONWARNINGS": "ignore",
}


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


class Resp:
    """As much of RESP as it takes to ask a server how it is."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        self.socket.sendall((" ".join(words) + "\r\n").encode())
        head = self.file.readline().decode().rstrip()
        if head[:1] == "$":
            return self.file.read(int(head[1:]) + 2)[:-2].decode()
        return head[1:]

    def close(self):
        self.socket.close()


class Target:
    """A server under test: a command that listens on a port."""

    def __init__(self, name, port, command, log):
        self.name, self.port, self.command, self.log = name, port, command, log
        self.start()

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, cwd=ROOT)
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                if self.ask("PING") == "PONG":
                    return
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit("%s ended at its start: see %s" % (self.name, self.log))
            time.sleep(0.2)
        sys.exit("%s did not start: see %s" % (self.name, self.log))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)

    def ask(self, *words):
        connection = Resp(self.port)
        try:
            return connection.ask(*words)
        finally:
            connection.close()

    def counts(self):
        """Calls so far of the commands that LMCache uses, and what the store says of itself."""
        counts = {}
        for line in self.ask("INFO", "commandstats").splitlines():
            name, _, rest = line.partition(":")
            counts[name.removeprefix("cmdstat_")] = int(rest.partition("calls=")[2].split(",")[0]
                                                        or 0) if "calls=" in rest else 0
        for line in self.ask("INFO", "stats").splitlines():
            name, _, value = line.partition(":")
            if name in ("keyspace_hits", "keyspace_misses", "evicted_keys"):
                counts[name] = int(value)
        names = ("set", "get", "exists", "del", "keyspace_hits", "keyspace_misses",
                 "evicted_keys")
        return {name: counts.get(name, 0) for name in names}

    def adapter(self, kind, **more):
        if kind == "resp":
            place = {"host": "127.0.0.1", "port": self.port}
        else:
            place = {"startup_nodes": "127.0.0.1:%d" % self.port}
        return json.dumps({"type": kind, **place, "num_workers": 2, **more})


class Checks:
    """Says what came of each check, and remembers whether any failed."""

    def __init__(self):
        self.failed = 0

    def say(self, good, text):
        self.failed += not good
        print("%-6s %s" % ("ok" if good else "FAILED", text), flush=True)


def difference(before, after):
    return ", ".join(
        "%s %d" % (name.replace("_", " "), after[name] - before[name])
        for name in before
        if after[name] != before[name]
    )


class Bench:
    """`lmcache bench l2`, and what it measured."""

    def __init__(self, folder, checks):
        self.folder, self.checks = folder, checks
        self.rounds = {}  # (kind, keys, KiB, operation, target) -> ms of each

    def run(self, target, kind, keys, kib, run, **more):
        target.ask("FLUSHALL")
        file = self.folder / "raw" / ("bench-%s-%s-%d-%d.json" % (target.name, kind, kib, run))
        rounds = {0: ROUNDS, 1: ROUNDS_WARMING}.get(run, ROUNDS_MEASURED)
        command = [str(self.folder / "lmcache/bin/lmcache"), "bench", "l2", "--l2-adapter",
                   target.adapter(kind, **more), "--no-skip-verify", "--rounds", str(rounds),
                   "--num-keys", str(keys), "--data-size-kb", str(kib),
                   "--lookup-max-hit-rate", "0.5", "--format", "json", "--output", str(file)]
        if run == 0:
            print("$ " + shlex.join(["lmcache", *command[1:]]))
        before = target.counts()
        try:
            done = subprocess.run(command, env=ENVIRONMENT, cwd=self.folder, timeout=300,
                                  capture_output=True, text=True)
            output, code = done.stdout + done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            output, code = "%s\n%s" % (late.stdout, late), "none after 300 s"
        file.with_suffix(".log").write_text(output)
        after = target.counts()
        wrong = [] if code == 0 else ["exit code %s" % code]
        if "All %d keys data verified OK." % keys not in output:
            wrong.append("not verified")
        if code == 0:
            wrong += self.missing(keys, rounds, json.loads(file.read_text()))
        if run > 1:
            self.measure((kind, keys, kib), target, output)
        if run == 0 or wrong:
            self.checks.say(not wrong, "%s: bench %s%s, %d keys of %d KiB: %s" % (
                target.name, kind, " with max_capacity_gb" if more else "", keys, kib,
                "; ".join([*wrong, difference(before, after)])))

    @staticmethod
    def missing(keys, rounds, report):
        """What was not stored, not found or not loaded."""
        wrong = []
        for section in report["metrics"].values():
            operation = section.get("operation")
            if not operation:
                continue
            # LMCache's own expected_hit_count leaves the warm-up out twice.
            found = rounds * (keys // 2)
            expected = found if operation == "Lookup" else section["total_keys"]
            if section["rounds_timed_out"] or section["total_success"] != expected:
                wrong.append("%s: %d of %d, %d rounds timed out" % (
                    operation, section["total_success"], expected, section["rounds_timed_out"]))
        return wrong

    def measure(self, case, target, output):
        """Takes the time of each round but the first, which warms up."""
        for operation, number, ms in re.findall(r"\[(\w+)\] Round (\d+): ([\d.]+) ms", output):
            if int(number) > 1:
                self.rounds.setdefault((*case, operation, target.name), []).append(float(ms))

    def table(self, targets):
        rounds = max(map(len, self.rounds.values()))
        print("\nms a round, MB/s or keys/s: medians of %d rounds in %d runs, after %d"
              % (rounds, rounds // ROUNDS_MEASURED, ROUNDS + ROUNDS_WARMING))
        head = "".join("%26s" % target.name for target in targets)
        print("%-8s%-12s%-8s%s" % ("adapter", "keys x KiB", "", head))
        for kind, keys, kib, operation, name in self.rounds:
            if name != targets[0].name:
                continue
            cells = ""
            for target in targets:
                ms = statistics.median(self.rounds[kind, keys, kib, operation, target.name])
                per_second = 1000 / ms
                rate = ("%.0f keys/s" % (keys * per_second) if operation == "Lookup"
                        else "%.0f MB/s" % (keys * kib / 1024 * per_second))
                cells += "%26s" % ("%.2f ms, %s" % (ms, rate))
            print("%-8s%-12s%-8s%s" % (kind, "%d x %d" % (keys, kib), operation, cells))
        print()


class Chunks:
    """lmcache_chunks.py: LMCache's storage in a process of its own."""

    def __init__(self, folder, where, *actions, chunk_kib=1024):
        place = ["--remote-url", where] if "://" in where else ["--l2-adapter", where]
        self.command = [str(folder / "lmcache/bin/python"), str(HERE / "lmcache_chunks.py"),
                        *place, "--chunk-kib", str(chunk_kib), *actions]
        self.process = subprocess.Popen(self.command, env=ENVIRONMENT, cwd=folder, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def next(self):
        """What came of the next action."""
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return {"error": "it ended"}

    def all(self):
        results = []
        while "action" in (result := self.next()):
            results.append(result)
        self.process.wait(60)
        return results

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()


def whole(result, parts):
    return result.get("parts_found") == parts and result.get("equal") == parts


def shown(result):
    return ", ".join("%s %s" % (name.replace("_", " "), value)
                     for name, value in result.items() if name != "action")


def places(target):
    """All ways of LMCache to a server that speaks RESP."""
    return (
        ("resp adapter", target.adapter("resp")),
        ("valkey adapter", target.adapter("valkey")),
        ("redis://", "redis://127.0.0.1:%d" % target.port),
        ("valkey://", "valkey://127.0.0.1:%d" % target.port),
        ("resp://", "resp://127.0.0.1:%d" % target.port),
    )


def lmcache_restarts(folder, target, checks):
    """One process stores after having been silent, another finds all of it."""
    for name, where in places(target):
        target.ask("FLUSHALL")
        stored = Chunks(folder, where, "sleep:7", "store:0-16").all()
        loaded = Chunks(folder, where, "load:0-16", "load:16-20").all()
        good = len(loaded) == 2 and whole(loaded[0], 32) and whole(loaded[1], 0)
        checks.say(good, "%s: %s, LMCache started anew: stored %s; %s" % (
            target.name, name, stored[-1].get("stored"), "; ".join(map(shown, loaded))))


def incipit_restarts(folder, target, checks):
    """Stored before a restart of the server, loaded after it by a new LMCache. The one that went on
    is only watched: not every client of LMCache connects again."""
    for name, where in places(target):
        target.ask("FLUSHALL")
        old = Chunks(folder, where, "store:0-16", "wait", "drop", "load:0-16", "store:16-20",
                     "drop", "load:16-20")
        old.next(), old.next()
        target.stop()
        target.start()
        new = Chunks(folder, where, "load:0-16").all()
        checks.say(whole(new[0], 32), "%s: %s, server started anew, and LMCache: %s" % (
            target.name, name, shown(new[0])))
        old.go_on()
        print("seen   %s: %s, server started anew, LMCache goes on: %s" % (
            target.name, name, "; ".join(
                "%s %s" % (result["action"], shown(result))
                for result in old.all() if ":" in result["action"])))


def capacity(folder, targets, checks):
    """LMCache deletes by its own count; what it counts must not drift from what it can delete."""
    eviction = {"eviction_policy": "LRU", "trigger_watermark": 0.8, "eviction_ratio": 0.2}
    for kind, pause in (("resp", "sleep:65"), ("valkey", "sleep:1")):
        actions = ("store:0-20", "sleep:6", "usage", pause, "store:20-28", "sleep:6", "usage",
                   pause, "store:28-36", "sleep:6", "usage", "sleep:5", "usage")
        running = []
        for target in targets:
            target.ask("FLUSHALL")
            adapter = target.adapter(kind, max_capacity_gb=CAPACITY_GIB, eviction=eviction)
            running.append((target, target.counts(), Chunks(folder, adapter, *actions)))
        for target, before, chunks in running:
            usages = [result for result in chunks.all() if result["action"] == "usage"]
            below = [usage["bytes"] < 0.8 * usage["of"] for usage in usages]
            checks.say(below == 4 * [True], "%s: %s adapter, max_capacity_gb %s: LMCache counts"
                       " %s MiB, %s keys are there at the end; %s" % (
                           target.name, kind, CAPACITY_GIB,
                           ", ".join("%d" % (usage["bytes"] >> 20) for usage in usages),
                           target.ask("DBSIZE"), difference(before, target.counts())))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where lmcache.sh has installed")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each bench that are measured")
    parser.add_argument("--redis", action="store_true", help="a redis-server beside, in turns")
    parser.add_argument("--restart", action="store_true", help="restart Incipit; needs a disk")
    parser.add_argument("--only", choices=("bench", "chunks", "capacity", "restart"))
    parser.add_argument("--set", action="append", default=[], help="a setting of Incipit")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = args.folder.resolve()
    (folder / "raw").mkdir(exist_ok=True)
    port = free_port()
    settings = [word for setting in ["store.host-limit=2GiB", *args.set]
                for word in ("--set", setting)]
    serve = ["./incipit", "serve", "--port", str(port), "--http-port", "0", *settings]
    targets = [Target("incipit", port, serve, folder / "raw" / "incipit.log")]
    if args.redis:
        port = free_port()
        serve_redis = [shutil.which("redis-server") or "redis-server", "--port", str(port),
                       "--save", "", "--maxmemory", "2gb"]
        targets.append(Target("redis", port, serve_redis, folder / "raw" / "redis.log"))
    try:
        head(serve)
        failed = run(args, folder, targets)
    finally:
        for target in targets:
            target.stop()
    sys.exit(1 if failed else 0)


def head(serve):
    commit = subprocess.run(["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=ROOT,
                            capture_output=True, text=True).stdout.strip()
    print(time.strftime("%Y-%m-%d", time.gmtime()), "commit", commit)
    print(platform.system(), platform.machine() + ",", os.cpu_count(), "cores; LMCache 0.5.6")
    print("check_lmcache.py", shlex.join(sys.argv[2:]))
    print("$ " + shlex.join(serve) + "\n")


def run(args, folder, targets):
    checks = Checks()
    parts = [args.only] if args.only else ["bench", "chunks", "capacity"]
    if args.restart and not args.only:
        parts.append("restart")
    if "bench" in parts:
        bench = Bench(folder, checks)
        for keys, kib in SIZES:
            for kind in ("resp", "valkey"):
                for number in range(args.repeat + 2):
                    for target in targets if number % 2 else reversed(targets):
                        bench.run(target, kind, keys, kib, number)
        bench.table(targets)
        again = Bench(folder, checks)
        for target in targets:
            again.run(target, "resp", 32, 256, 0, max_capacity_gb=CAPACITY_GIB / 8)
    if "chunks" in parts:
        lmcache_restarts(folder, targets[0], checks)
    if "capacity" in parts:
        capacity(folder, targets, checks)
    if "restart" in parts:
        incipit_restarts(folder, targets[0], checks)
    print("\n%s" % ("%d checks failed" % checks.failed if checks.failed else "all checks passed"))
    return checks.failed


if __name__ == "__main__":
    main()
