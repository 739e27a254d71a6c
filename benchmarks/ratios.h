// ratios.h: prints the promised speed, part by part.

#ifndef FUSEBOX_BENCHMARKS_RATIOS_H_
#define FUSEBOX_BENCHMARKS_RATIOS_H_

#include "benchmarks/comparison.h"

namespace fusebox {

// Compares Acquire() and a verdict with the least that any breaker must do.
void PrintCoreRatios(Table& table);

// Compares a whole unary RPC in the process with the same RPC without breakers.
void PrintRpcRatios(Table& table);

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_RATIOS_H_
