// ratios.cc: prints all ratios. The exit code is 0 if no promise is broken.

#include "benchmarks/ratios.h"

#include "benchmarks/comparison.h"

int main() {
  fusebox::Table table;
  fusebox::PrintCoreRatios(table);
  fusebox::PrintRpcRatios(table);
  return table.failed() ? 1 : 0;
}
