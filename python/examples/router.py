# SPDX-License-Identifier: Apache-2.0
"""Sends each prompt where most of its prefix is: `router.py PORT NAMESPACE < prompts`.

A prompt is a line with the hashes of its blocks in hex, with blanks between. Prints for each the
worker and how many of its blocks need no prefill there. Equal workers are taken in turn by load.
"""

import sys

from incipit import Client, Tier


def main(port: str, namespace: str) -> None:
    with Client(port=int(port)) as client:
        load = {owner.name: 0 for owner in client.owners(namespace)}
        for line in sys.stdin:
            hashes = line.split()
            score = client.score(namespace, hashes)
            held = {worker: score.of(worker)[Tier.HOST] for worker in load}
            best = max(load, key=lambda worker: (held[worker], -load[worker]))
            load[best] += len(hashes) - held[best]
            print(best, held[best], "of", len(hashes))


main(*sys.argv[1:])
