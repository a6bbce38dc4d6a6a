#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs an SGLang of install.sh on the CPU: its API on PORT, its KV events on EVENTS, the replay of
# them on the port after EVENTS. Further arguments are SGLang's.
#   serve_sglang.sh FOLDER PORT EVENTS [ARGUMENT...]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=$(cd "${1:?usage: serve_sglang.sh FOLDER PORT EVENTS [ARGUMENT...]}" && pwd -P)
port=$2 events=$3
shift 3

export HF_HUB_OFFLINE=1 DO_NOT_TRACK=1 OMP_NUM_THREADS=1 SGLANG_USE_CPU_ENGINE=1
export PYTHONPATH=$here/stubs:$folder/sglang:$folder/sglang-more

kv_events=$(printf '{"publisher": "zmq", "endpoint": "tcp://*:%d",
  "replay_endpoint": "tcp://*:%d"}' "$events" $((events + 1)))

# 4,096 tokens in pages of 16, so that a few dozen prompts fill them.
exec "$folder/vllm/bin/python" -m sglang.launch_server \
  --model-path "$folder/model" --served-model-name tiny --load-format dummy --dtype float32 \
  --device cpu --attention-backend torch_native --sampling-backend pytorch --disable-cuda-graph \
  --page-size 16 --max-total-tokens 4096 --mem-fraction-static 0.3 --random-seed 0 \
  --host 127.0.0.1 --port "$port" --kv-events-config "$kv_events" \
  --enable-cache-report "$@"
