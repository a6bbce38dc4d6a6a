#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what vLLM's and SGLang's own functions name blocks, for EngineChainTest.

    hash_vectors.py vllm > .../resources/io/incipit/ingest/chain/vllm.jsonl
    hash_vectors.py sglang > .../resources/io/incipit/ingest/chain/sglang.jsonl

Run by the Python of the engine (for SGLang as serve_sglang.sh lays it over vLLM; vLLM needs the package xxhash). One line is one
prompt: `hashes` are those of its full blocks, in hex. Lookahead tokens are put behind the extra
keys as vLLM 0.33.0 does, and hashed by the function of the vLLM that is installed.
"""

import json
import os
import random
import sys

SEED = 11
EDGES = [0, 1, 127, 128, 255, 256, 257, 65535, 65536, 65537, 2**31 - 1, 2**31, 2**32 - 1, 23, 24]


def fresh(text):
    """A text that is no constant, as one that came over a wire."""
    return text.encode().decode()


def tokens(rng, count):
    return [rng.choice(EDGES) if rng.random() < 0.4 else rng.randrange(150_000) for _ in range(count)]


def text(rng):
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice("abé\xff")
    if kind == 1:
        return rng.choice(["cache_salt", "lora", "ünï-中文-🙂"])
    return "".join(rng.choices("abcxyz/-0189", k=rng.choice([2, 3, 23, 24, 40, 255, 256, 300])))


def vllm():
    from vllm import __version__
    from vllm.v1.core import kv_cache_utils as utils
    from vllm.utils.hashing import get_hash_fn_by_name

    rng = random.Random(SEED)
    print(json.dumps({"vllm": __version__, "python": sys.version.split()[0]}))
    for algorithm in ["sha256", "sha256_cbor", "xxhash", "xxhash_cbor"]:
        digest = get_hash_fn_by_name(algorithm)
        for number in range(40):
            seed = rng.choice(["0", "42", "vllm-none-hash", "é中", "s" * 60])
            if number == 0 and algorithm.startswith("sha256"):
                seed = None
            os.environ.pop("PYTHONHASHSEED", None)
            if seed is not None:
                os.environ["PYTHONHASHSEED"] = seed
            utils.init_none_hash(digest)
            block = 16 if number < 2 else rng.choice([1, 2, 3, 4, 5, 16, 32])
            if number == 39:
                block = 8192
            ahead = 0 if number % 3 or number in (0, 39) else rng.choice([1, 2, 3, 4])
            lora = path = salt = None
            if number >= 2 and number % 4 == 0:
                lora, path = text(rng), "/adapters/" + text(rng)
            if number >= 2 and number % 5 in (0, 1):
                # One letter is one object to Python, which a pickle shows.
                salt = lora if lora and len(lora) > 1 else text(rng)
            count = block * rng.choice([1, 2, 3]) + rng.randrange(block) if block < 8192 else block
            run = [0, 40, 1] if number < 2 else [60_000, 60_000 + 9 * block, 9]
            prompt = list(range(*run))
            if 2 <= number < 39:
                prompt = tokens(rng, count + ahead)
            hashes = []
            while (len(hashes) + 1) * block + ahead <= len(prompt):
                end = (len(hashes) + 1) * block
                extra = []
                if lora is not None:
                    extra.append(("lora", fresh(lora), fresh(path)))
                if salt is not None and not hashes:
                    extra.append(("cache_salt", fresh(salt)))
                keys = tuple(extra) or None
                if ahead:
                    keys = (keys, *prompt[end : end + ahead])
                parent = hashes[-1] if hashes else None
                hashes.append(utils.hash_block_tokens(digest, parent, prompt[end - block : end], keys))
            line = {"hash": algorithm, "block": block}
            line |= {"tokens": prompt} if 2 <= number < 39 else {"range": run}
            line |= {"seed": seed} if seed is not None else {}
            line |= {"lora": lora, "path": path} if lora is not None else {}
            line |= {"salt": salt} if salt is not None else {}
            line |= {"lookahead": ahead} if ahead else {}
            line["hashes"] = [one.hex() for one in hashes]
            print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def sglang():
    from types import SimpleNamespace

    from sglang import __version__
    from sglang.srt.mem_cache.radix_cache import RadixKey
    from sglang.srt.mem_cache.utils import compute_node_event_hash_values

    rng = random.Random(SEED)
    print(json.dumps({"sglang": __version__}))
    root = SimpleNamespace(key=RadixKey([]), hash_value=[], event_hash_value=None, parent=None)
    for number in range(40):
        page = rng.choice([1, 4, 16, 64])
        ahead = 1 if number % 4 == 3 else 0
        salt = fresh(text(rng)) if number % 5 == 2 else None
        count = page * rng.choice([1, 2, 3])
        prompt = tokens(rng, count + ahead)
        key = RadixKey(prompt, cache_salt=salt, is_bigram=bool(ahead))
        node = SimpleNamespace(key=key, hash_value=None, event_hash_value=None, parent=root)
        line = {"hash": "sglang", "block": page, "tokens": prompt}
        line |= {"salt": salt} if salt is not None else {}
        line |= {"lookahead": ahead} if ahead else {}
        line["hashes"] = compute_node_event_hash_values(node, page)
        print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


if __name__ == "__main__":
    {"vllm": vllm, "sglang": sglang}[sys.argv[1]]()
