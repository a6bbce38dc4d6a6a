#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a model of two tiny layers, whose weights the engine makes up, and a LoRA adapter for it.

    tiny_model.py FOLDER    a Llama, whose tokenizer takes each byte of a text for a token, and
                            in FOLDER/lora an adapter of random numbers
"""

import json
import random
import struct
import sys
from pathlib import Path

LAYERS, HIDDEN, HEADS, VOCABULARY = 2, 64, 2, 32_000
RANK = 8  # of the adapter
SPECIAL = ["<pad>", "<s>", "</s>"]


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "config.json", model())
    write(folder / "tokenizer.json", tokenizer())
    write(folder / "tokenizer_config.json", tokenizer_config())
    lora = folder / "lora"
    lora.mkdir(exist_ok=True)
    write(lora / "adapter_config.json", adapter())
    (lora / "adapter_model.safetensors").write_bytes(safetensors(adapter_shapes()))


def write(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=1))


def model() -> dict:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": 2 * HIDDEN,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": HEADS,
        "head_dim": HIDDEN // HEADS,
        "vocab_size": VOCABULARY,
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10000.0,
        "hidden_act": "silu",
        "bos_token_id": 1,
        "eos_token_id": 2,
        "tie_word_embeddings": False,
        "dtype": "float32",
    }


def tokenizer() -> dict:
    """Byte-level BPE without merges: 256 letters that stand for bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(b) for b in plain] + [chr(256 + i) for i in range(256 - len(plain))]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    special = [
        {"id": i, "content": word, "single_word": False, "lstrip": False, "rstrip": False,
         "normalized": False, "special": True}
        for i, word in enumerate(SPECIAL)
    ]
    return {
        "version": "1.0",
        "added_tokens": special,
        "pre_tokenizer": level | {"use_regex": True},
        "decoder": level,
        "model": {
            "type": "BPE",
            "vocab": {word: i for i, word in enumerate(SPECIAL + letters)},
            "merges": [],
        },
    }


def tokenizer_config() -> dict:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "chat_template": "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}",
    }


def adapter() -> dict:
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": RANK,
        "lora_alpha": 2 * RANK,
        "lora_dropout": 0.0,
        "bias": "none",
        "target_modules": ["q_proj", "v_proj"],
    }


def adapter_shapes() -> dict[str, tuple[int, int]]:
    return {
        f"base_model.model.model.layers.{layer}.self_attn.{part}.lora_{side}.weight": shape
        for layer in range(LAYERS)
        for part in ("q_proj", "v_proj")
        for side, shape in (("A", (RANK, HIDDEN)), ("B", (HIDDEN, RANK)))
    }


def safetensors(shapes: dict[str, tuple[int, int]]) -> bytes:
    """Random matrices as a safetensors file: length of the header, header, numbers."""
    numbers = random.Random(1)
    header, content = {}, b""
    for name, (rows, columns) in shapes.items():
        matrix = [numbers.uniform(-0.1, 0.1) for _ in range(rows * columns)]
        begin = len(content)
        content += struct.pack(f"<{len(matrix)}f", *matrix)
        header[name] = {
            "dtype": "F32", "shape": [rows, columns], "data_offsets": [begin, len(content)]
        }
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


if __name__ == "__main__":
    main(Path(sys.argv[1]))
