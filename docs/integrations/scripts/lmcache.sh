#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs LMCache as PyPI has it into a folder (Python 3.11; 6 GB), and tries it against Incipit:
#   lmcache.sh FOLDER [OPTION...]
# Options are those of check_lmcache.py. What is installed already is kept.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
folder=${1:?usage: lmcache.sh FOLDER [OPTION...]}
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

if [ ! -x "$folder/uv/bin/uv" ]; then
  python3 -m venv "$folder/uv"
  "$folder/uv/bin/pip" install --quiet uv
fi
uv=$folder/uv/bin/uv
export UV_HTTP_TIMEOUT=300

# valkey-glide-sync is not among what LMCache asks for, but valkey:// needs it.
if [ ! -x "$folder/lmcache/bin/python" ]; then
  "$uv" venv --quiet --python 3.11 "$folder/lmcache"
fi
"$uv" pip install --quiet --python "$folder/lmcache/bin/python" \
  lmcache==0.5.6 redis==8.1.0 valkey-glide-sync==2.6.0

exec "$folder/lmcache/bin/python" "$here/check_lmcache.py" "$folder" "$@"
