#!/bin/bash
# instructions.sh: how many instructions an acquire and its success take, the
# reading of a clock aside. Fails beyond the limits below.
#
#   instructions.sh VALGRIND INSTRUCTIONS-BINARY

set -euo pipefail
valgrind=$1 binary=$2
calls=10000

# collected POLICY CALLS: instructions of the whole program.
collected() {
  "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" 2>&1 |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

failed=0
while read -r policy limit; do
  few=$(collected "$policy" 0)
  many=$(collected "$policy" "$calls")
  each=$(((many - few) / calls))
  echo "$policy: $each instructions a call, at most $limit"
  ((each > 0 && each <= limit)) || failed=1
done <<'LIMITS'
time 60
calls 25
consecutive 25
LIMITS
exit "$failed"
