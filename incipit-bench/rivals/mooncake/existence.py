# SPDX-License-Identifier: Apache-2.0
"""What it costs Mooncake's master to say which keys exist.

Starts the master and one client of it, puts keys of 83 bytes, and asks for some of them at a time
with `batch_is_exist`. Prints a line a sample: keys, CPU us of the master a call, p50 us.

    python existence.py ROUNDS SECONDS KEYS...
"""

import os
import pathlib
import random
import subprocess
import sys
import time

from mooncake.store import MooncakeDistributedStore

KEYS = 20_000
PUT_AT_ONCE = 1_000
MEBI = 1 << 20


def cpu_us(process: int) -> float:
    stat = pathlib.Path(f"/proc/{process}/stat").read_text()
    fields = stat[stat.rindex(")") + 2 :].split()
    return (int(fields[11]) + int(fields[12])) * 1e6 / os.sysconf("SC_CLK_TCK")


def start(port: int) -> subprocess.Popen:
    program = pathlib.Path(sys.executable).parent / "mooncake_master"
    flags = [f"--rpc_port={port}", f"--metrics_port={port + 1}"]
    return subprocess.Popen(
        [program, *flags, "--default_kv_lease_ttl=600000"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def connect(port: int) -> MooncakeDistributedStore:
    for _ in range(20):
        time.sleep(0.5)
        store = MooncakeDistributedStore()
        address = f"127.0.0.1:{port}"
        if store.setup("localhost", "P2PHANDSHAKE", 512 * MEBI, 64 * MEBI, "tcp", "", address) == 0:
            return store
    raise SystemExit("the master does not answer")


def sample(store: MooncakeDistributedStore, master: int, keys: list[str], seconds: float) -> str:
    took = []
    before = cpu_us(master)
    end = time.perf_counter() + seconds
    now = time.perf_counter()
    while now < end:
        there = store.batch_is_exist(keys)
        took.append(time.perf_counter() - now)
        now += took[-1]
        if any(one != 1 for one in there):
            raise SystemExit("a key that was put is not there")
    took.sort()
    cpu = (cpu_us(master) - before) / len(took)
    return f"sample {len(keys)} {cpu:.3f} {took[len(took) // 2] * 1e6:.3f}"


def main() -> None:
    rounds, seconds = int(sys.argv[1]), float(sys.argv[2])
    counts = [int(count) for count in sys.argv[3:]]
    port = random.randrange(33_000, 48_000, 2)
    master = start(port)
    try:
        store = connect(port)
        keys = [f"{number:083d}" for number in range(KEYS)]
        for at in range(0, KEYS, PUT_AT_ONCE):
            some = keys[at : at + PUT_AT_ONCE]
            if store.put_batch(some, [b"x"] * len(some)) != 0:
                raise SystemExit("put_batch failed")
        for count in counts:
            sample(store, master.pid, keys[:count], seconds)
        for _ in range(rounds):
            for count in counts:
                print(sample(store, master.pid, keys[:count], seconds), flush=True)
    finally:
        master.kill()
        master.wait()


if __name__ == "__main__":
    main()
