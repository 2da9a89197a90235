#!/usr/bin/env bash
# `ringback wait` in households of the lab: what it says while others knock, and as whom it, run, read and show run. And what `ringback read`
# says of files.  test_wait.sh --bin DIR
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

in_household dual-stack-open open home privilege given_up helpers order owned pipe signals steered
in_household host-firewall dropped mended
in_household no-listener refused
in_household reply-lost lost
in_household udp-service udp
in_household hairpin-is-no-proof hairpin guest
in_household hairpin-from-wan-address hairpin_told
in_household hairpin-from-wan-address-untold hairpin_untold
in_household ufw-default-deny text_ufw
in_household docker-user-drop text_docker
in_household vpn-default-route text_vpn
in_household two-cards text_two_cards

/usr/bin/python3 "$here/tests/lab/read_files.py" "$bin/ringback" || failures=$((failures + 1))

# What `ringback read` writes for programs, line by line against the schema.
lines=$(mktemp -d)
trap 'rm -rf "$lines"' EXIT
for file in "$here"/fixtures/capture/*.pcap*; do
  for options in "" "-s 443/tcp"; do
    # shellcheck disable=SC2086
    "$bin/ringback" read "$file" -f json $options >"$lines/$(basename "$file")${options//[^0-9]/}.jsonl" 2>/dev/null || (($? < 64)) || [[ $file == *monitor-mode* ]] ||
      { echo "not ok read: $file"; failures=$((failures + 1)); }
  done
done
/usr/bin/python3 "$here/tests/report/validate.py" "$here/report/arrivals.schema.json" "$lines"/*.jsonl >"$lines/said"
if (($(wc -l <"$lines/said") < 40)) || grep -v ': valid$' "$lines/said"; then echo "not ok read: lines by the schema"; failures=$((failures + 1));
else echo "ok     read: $(wc -l <"$lines/said") lines by the schema"; fi
((failures == 0))
