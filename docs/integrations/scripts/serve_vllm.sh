#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a vLLM of install.sh on the CPU: its API on PORT, its KV events on EVENTS, the replay of
# them on the port after EVENTS. Further arguments are vLLM's.
#   serve_vllm.sh FOLDER PORT EVENTS [ARGUMENT...]
set -euo pipefail

folder=$(cd "${1:?usage: serve_vllm.sh FOLDER PORT EVENTS [ARGUMENT...]}" && pwd -P)
port=$2 events=$3
shift 3

# Nothing is fetched and nothing told; /reset_prefix_cache exists in this mode only.
export HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 VLLM_SERVER_DEV_MODE=1 OMP_NUM_THREADS=1

kv_events=$(printf '{"enable_kv_cache_events": true, "publisher": "zmq", "endpoint": "tcp://*:%d",
  "replay_endpoint": "tcp://*:%d"}' "$events" $((events + 1)))

# 127 blocks of 32 tokens, so that a few dozen prompts fill them.
exec "$folder/vllm/bin/python" -m vllm.entrypoints.openai.api_server \
  --model "$folder/model" --served-model-name tiny --load-format dummy --dtype float32 \
  --enforce-eager --max-model-len 2048 --max-num-seqs 8 --block-size 32 \
  --num-gpu-blocks-override 128 --kv-cache-memory-bytes 67108864 \
  --host 127.0.0.1 --port "$port" --kv-events-config "$kv_events" \
  --enable-prompt-tokens-details "$@"
