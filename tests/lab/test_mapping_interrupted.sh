#!/usr/bin/env bash
# A run that may open a port on the router, and is interrupted, leaves no mapping on miniupnpd.  test_mapping_interrupted.sh --bin DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
((EUID == 0)) || { echo "needs root" >&2; exit 69; }
[[ ${1-} == --bin && -n ${2-} ]] || { echo "usage: test_mapping_interrupted.sh --bin DIR" >&2; exit 64; }
bin=$(cd "$2" && pwd)
# Whoever starts this in the background has SIGINT ignored, and that is inherited.
exec env --default-signal=INT,TERM "$here/scripts/lab" mapping-allowed --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/mapping_interrupted.py"
