#!/usr/bin/env bash
# However a household ends, nothing of it remains: no process, no namespace, no link, no mount, no file.
# Other labs may run at the same time, so what is looked for is what this run made.
set -euo pipefail
set -m # otherwise bash starts background commands with SIGINT ignored

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
((EUID == 0)) || { echo "needs root" >&2; exit 69; }
scratch=$(mktemp -d)
lab=
trap '[[ -z $lab ]] || kill -KILL "$lab" 2>/dev/null; rm -rf "$scratch"' EXIT
readonly DEADLINE=20
failures=0

machine() { # what must be the same afterwards, line by line
  echo "links:"; ip -o link | sed 's/@.*//; s/^[0-9]*: //' | sort
  echo "named namespaces:"; ip netns list | sort
  echo "mounts:"; awk '$1 == "ringlab" || $3 == "nsfs" || $2 ~ "^/(run|etc|proc|sys)(/|$)"' /proc/self/mounts | sort
  echo "files:"; sha256sum /etc/resolv.conf /etc/hosts
  ls -d /etc/netns /run/{netns,ringlab,turnserver*,miniupnpd*,nsd*,unbound*} /tmp/{turn,nsd,unbound,miniupnpd,tayga}* /var/log/turn* 2>/dev/null || true
}

marked() { # processes that this run started, wherever they are by now
  local environment
  for environment in /proc/[0-9]*/environ; do
    if grep -qsz "^LAB_MARK=$1\$" "$environment"; then basename "$(dirname "$environment")"; fi
  done
}

held() { # $@: network namespaces' inodes. Who on this machine still holds one: by a process, a mount or an open file?
  local inode
  for inode in "$@"; do
    { readlink /proc/[0-9]*/ns/net || true; grep -hos "net:\[$inode\]" /proc/[0-9]*/mountinfo || true; } 2>/dev/null |
      grep -F "net:[$inode]" | sort -u || true
  done
}

wait_for() { # $1: seconds, rest: a condition
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.05
  done
}

check() { # $1: name, $2: signal or "" for a normal end, $3: "group" to signal as a terminal does
  local name=$1 signal=$2 to=${3-} mark=$RANDOM$RANDOM$$ inodes line
  machine >"$scratch/before"
  : >"$scratch/out"
  # The command tells which namespaces there are, and then waits for its end.
  # Whoever started this test in the background had SIGINT ignored, and that is inherited.
  env --default-signal=INT,QUIT LAB_MARK=$mark "$here/scripts/lab" double-nat --exec sh -c \
    "stat -Lc %i /run/netns/*; echo up; [ -z '$signal' ] || sleep 600" >"$scratch/out" 2>"$scratch/err" &
  lab=$!
  if ! wait_for $DEADLINE grep -qs '^up$' "$scratch/out"; then
    echo "not ok $name: no household after $DEADLINE s"
    cat "$scratch/err"
    exit 1
  fi
  mapfile -t inodes < <(grep -E '^[0-9]+$' "$scratch/out")
  if [[ -n $signal ]]; then
    (($(marked "$mark" | wc -l) > 10)) || { echo "not ok $name: the household's processes were not found"; exit 1; }
    [[ -n $(held "${inodes[@]}") ]] || { echo "not ok $name: the household's namespaces were not found"; exit 1; }
    kill "-$signal" -- "${to:+-}$lab"
  fi
  wait "$lab" 2>/dev/null || true
  lab=
  nothing_left() { [[ -z $(marked "$mark") && -z $(held "${inodes[@]}") ]] && machine | cmp -s - "$scratch/before"; }
  # The kernel takes namespaces apart after the last process is gone; a moment is granted, no more.
  if wait_for 5 nothing_left; then
    echo "ok     $name: ${#inodes[@]} namespaces gone"
    return
  fi
  failures=$((failures + 1))
  echo "not ok $name"
  for line in $(marked "$mark"); do echo "  process $line: $(tr '\0' ' ' </proc/"$line"/cmdline || true)"; done
  held "${inodes[@]}" | sed 's/^/  namespace /'
  machine | diff "$scratch/before" - | sed 's/^/  /' || true
}

check "normal end" ""
check "SIGINT to the lab alone" INT
check "Ctrl-C on the terminal" INT group
check "SIGTERM" TERM
check "SIGKILL" KILL
((failures == 0))
