#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vLLM's own publisher of KV events, unmodified and without a model, followed by Incipit:

    ./incipit serve \
      --engine 'tcp://*:5957,model=m-connects,worker=connects,replay=tcp://127.0.0.1:5958' \
      --engine tcp://127.0.0.1:5967,model=m-short,worker=short,replay=tcp://127.0.0.1:5968 \
      --engine tcp://127.0.0.1:5978,model=m-rank,worker=rank,rank=1,replay=tcp://127.0.0.1:5979
    ~/engines/vllm/bin/python publisher.py [--http http://127.0.0.1:7380]

An engine that connects to Incipit, and a second one at the same address; one that repeats only its
last ten batches; a rank of data parallelism. Prints a line a step: whether Incipit says what it
should, and what it says. Exits with 1 if a step failed.
"""

import argparse
import json
import sys
import time
import urllib.request

from vllm.distributed.kv_events import (
    AllBlocksCleared,
    BlockRemoved,
    BlockStored,
    KVEventBatch,
    ZmqEventPublisher,
)

BLOCK = 16


def ask(http, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        http + path, data, {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def streams(http):
    """What Incipit says of each stream, by worker and rank."""
    return {
        (worker["instance_id"], rank): status
        for worker in ask(http, "/workers")
        for rank, status in worker["listeners"].items()
    }


def tokens(n):
    """The tokens of a block."""
    return list(range(n * BLOCK, (n + 1) * BLOCK))


def stored(n):
    return BlockStored(
        block_hashes=[n + 1],
        parent_block_hash=n if n else None,
        token_ids=tokens(n),
        block_size=BLOCK,
        lora_id=None,
        medium="GPU",
        lora_name=None,
    )


def publish(publisher, *events):
    publisher.publish(KVEventBatch(ts=time.time(), events=list(events)))


class Case:
    """A worker, its model, and what is expected of it; waits for that for a minute at most."""

    failed = 0

    def __init__(self, http, worker, rank="0"):
        self.http, self.worker, self.rank = http, worker, rank

    def status(self):
        return streams(self.http).get((self.worker, self.rank), {})

    def matched(self, blocks):
        prompt = [token for n in range(blocks) for token in tokens(n)]
        body = {"model": "m-" + self.worker, "token_ids": prompt}
        return ask(self.http, "/query", body)["default"].get(self.worker, {})

    def expect(self, what, check):
        end = time.monotonic() + 60
        while not check() and time.monotonic() < end:
            time.sleep(0.05)
        right = check()
        Case.failed += not right
        status = self.status()
        shown = {name: status.get(name) for name in ("state", "next", "held")}
        error = status.get("last_error", "")
        verdict = "yes" if right else "NO"
        print(f"{verdict:4}{self.worker:9}{what:48} {shown} {error}", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--http", default="http://127.0.0.1:7380")
    http = parser.parse_args().http

    # Without a `*` in its endpoint vLLM connects; two at one address cannot be told apart.
    case = Case(http, "connects")
    first = ZmqEventPublisher(0, "tcp://127.0.0.1:5957", "tcp://127.0.0.1:5958")
    case.expect(
        "an engine that connects, nothing said yet",
        lambda: case.status().get("state") == "whole",
    )
    for n in range(5):
        publish(first, stored(n))
    case.expect("5 blocks", lambda: case.matched(6).get("longest_matched") == 5 * BLOCK)
    publish(first, BlockRemoved(block_hashes=[5], medium="GPU"))
    case.expect("one removed", lambda: case.matched(6).get("longest_matched") == 4 * BLOCK)
    second = ZmqEventPublisher(0, "tcp://127.0.0.1:5957")
    case.expect(
        "a second one connects there: refused, and partial",
        lambda: "2 engines" in case.status().get("last_error", "")
        and case.matched(6).get("partial") is True,
    )
    publish(second, stored(0), stored(1), stored(2), stored(3), stored(4), stored(5))
    publish(first, stored(4))
    second.shutdown()
    case.expect(
        "it has gone: the first as it is",
        lambda: case.status().get("state") == "whole"
        and case.matched(6).get("longest_matched") == 5 * BLOCK
        and "partial" not in case.matched(6),
    )
    first.shutdown()
    case.expect("gone too: partial", lambda: case.matched(6).get("partial") is True)
    first = ZmqEventPublisher(0, "tcp://127.0.0.1:5957", "tcp://127.0.0.1:5958")
    publish(first, stored(0))
    case.expect(
        "another life at the same addresses",
        lambda: case.status().get("state") == "whole"
        and case.matched(6).get("longest_matched") == BLOCK,
    )

    # A ring of 10 batches, of 30 that were sent before anybody listened.
    case = Case(http, "short")
    ring = ZmqEventPublisher(0, "tcp://*:5967", "tcp://*:5968", buffer_steps=10)
    for n in range(30):
        publish(ring, stored(n))
    case.expect(
        "replays the last 10 of 30: partial",
        lambda: case.status().get("state") == "partial" and case.status().get("next") == 30,
    )
    case.expect("nothing is known below the first", lambda: not case.matched(3).get("GPU"))
    publish(ring, AllBlocksCleared())
    publish(ring, stored(0))
    case.expect(
        "cleared: whole again",
        lambda: case.status().get("state") == "whole"
        and case.matched(3).get("longest_matched") == BLOCK
        and "partial" not in case.matched(3),
    )

    # A rank of data parallelism: vLLM adds it to both ports.
    case = Case(http, "rank", "1")
    rank = ZmqEventPublisher(1, "tcp://*:5977", "tcp://*:5978")
    publish(rank, stored(0), stored(1))
    case.expect(
        "rank 1, at the ports plus 1",
        lambda: case.status().get("state") == "whole"
        and case.matched(3).get("DP", {}).get("1") == 2 * BLOCK,
    )
    for publisher in (first, ring, rank):
        publisher.shutdown()
    sys.exit(1 if Case.failed else 0)


if __name__ == "__main__":
    main()
