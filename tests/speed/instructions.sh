#!/bin/bash
# instructions.sh: counts the instructions of an acquire and its success,
# without reading a clock. It fails if they exceed the limits below.
#
#   instructions.sh VALGRIND INSTRUCTIONS-BINARY

set -euo pipefail
valgrind=$1 binary=$2
calls=10000

# collected POLICY CALLS: prints the instructions of the whole program.
collected() {
  "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null "$binary" "$@" 2>&1 |
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

failed=0
while read -r policy limit; do
  few=$(collected "$policy" 0)
  many=$(collected "$policy" "$calls")
  each=$(((many - few) / calls))
  echo "$policy: $each instructions per call, limit $limit"
  ((each > 0 && each <= limit)) || failed=1
done <<'LIMITS'
time 60
calls 25
consecutive 25
score 25
LIMITS
exit "$failed"
