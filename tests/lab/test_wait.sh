#!/usr/bin/env bash
# `ringback wait` in households of the lab: what it says while others knock, and as whom it runs.  test_wait.sh --bin DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
((EUID == 0)) || { echo "needs root" >&2; exit 69; }
[[ ${1-} == --bin && -n ${2-} ]] || { echo "usage: test_wait.sh --bin DIR" >&2; exit 64; }
bin=$(cd "$2" && pwd)
failures=0

in_household() { # HOUSEHOLD CASE…
  local household=$1 mapped case
  shift
  mapped=$("$here/scripts/lab" "$household" --bin "$bin" -v --exec true 2>&1 | awk '$1 == "mapped" { print $2 }')
  for case in "$@"; do
    "$here/scripts/lab" "$household" --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/wait_on_host.py" "$bin/ringback" "$mapped" "$case" ||
      { echo "not ok wait: $case"; failures=$((failures + 1)); }
  done
}

in_household dual-stack-open open home privilege pipe
in_household host-firewall dropped
in_household no-listener refused
in_household reply-lost lost
in_household udp-service udp
((failures == 0))
