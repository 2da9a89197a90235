#!/bin/sh
# What only the whole program shows of `explain`: exit statuses, what goes to which stream, and files. test_explain.sh RINGBACK
set -u
program=$1
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
failed=0

# check WHAT STATUS ARGUMENTS...: leaves the streams in $folder/out and $folder/err
check() {
  what=$1 wanted=$2
  shift 2
  "$program" "$@" >"$folder/out" 2>"$folder/err"
  status=$?
  [ "$status" -eq "$wanted" ] || fail "$what: exit status $status in place of $wanted"
}
fail() {
  echo "$1"
  failed=1
}

check "every code" 0 explain
[ "$(grep -c '^  [a-z0-9]*\.[a-z0-9-]* ' "$folder/out")" -eq 57 ] || fail "not every code is listed"
[ -s "$folder/err" ] && fail "a list says something on standard error"

check "a page" 0 explain ipv4.cgnat
grep -q '^What it means$' "$folder/out" || fail "a page does not say what it means"

check "no such code" 64 explain ipv4.cgnet
[ -s "$folder/out" ] && fail "an unknown code leaves something on standard output"
grep -q 'did you mean ipv4.cgnat?' "$folder/err" || fail "an unknown code is not answered with the nearest one"

check "no such option" 64 explain --service 443/tcp
[ -s "$folder/out" ] && fail "wrong usage leaves something on standard output"
grep -q 'explain --help' "$folder/err" || fail "wrong usage does not point to the help"

check "help" 0 explain --help
grep -q 'Exit status: 0 explained' "$folder/out" || fail "no help of its own"

check "a file" 0 explain dns -f markdown -o "$folder/dns.md" -f json -o -
grep -q '^### `dns.bogus`' "$folder/dns.md" || fail "the file does not hold the pages"
grep -q '^{"schema":"ringback.explain/1"' "$folder/out" || fail "JSON does not go to standard output"

# Its reader has gone already, which no race can change.
mkfifo "$folder/pipe"
exec 3<>"$folder/pipe" 4>"$folder/pipe" 3<&-
for form in text json html markdown; do
  "$program" explain -f "$form" >&4 2>"$folder/err"
  status=$?
  [ "$status" -eq 141 ] || fail "$form, whose reader has gone: exit status $status in place of 141"
  [ -s "$folder/err" ] && fail "$form, whose reader has gone: that is complained of"
done
"$program" explain >/dev/full 2>"$folder/err"
status=$?
[ "$status" -eq 70 ] || fail "a full disk: exit status $status in place of 70"
grep -q 'standard output cannot be written' "$folder/err" || fail "a full disk is not complained of"

COLUMNS=60 "$program" explain ipv4.cgnat >"$folder/narrow"
COLUMNS=200 "$program" explain ipv4.cgnat >"$folder/wide"
[ "$(wc -l <"$folder/narrow")" -gt "$(wc -l <"$folder/wide")" ] || fail "COLUMNS does not count"

check "a file that cannot be written" 70 explain dns -f html -o "$folder/none/dns.html"
exit "$failed"
