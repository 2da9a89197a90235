#!/usr/bin/env bash
# `ringback check` and `ringback history` in a household of the lab: what they say, what they remember, and what may go wrong beside them.
# test_check.sh --bin DIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
((EUID == 0)) || { echo "needs root" >&2; exit 69; }
[[ ${1-} == --bin && -n ${2-} ]] || { echo "usage: test_check.sh --bin DIR" >&2; exit 64; }
bin=$(cd "$2" && pwd)
"$here/scripts/lab" dual-stack-open --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/check_on_host.py"
"$here/scripts/lab" dual-stack-open --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/icinga_on_host.py"
"$here/scripts/lab" dead-resolver --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/warned_on_host.py"
"$here/scripts/lab" udp-service --bin "$bin" --exec /usr/bin/python3 "$here/tests/lab/udp_checked_on_host.py"
