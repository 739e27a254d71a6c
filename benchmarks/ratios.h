// ratios.h: the speed that is promised, part by part.

#ifndef FUSEBOX_BENCHMARKS_RATIOS_H_
#define FUSEBOX_BENCHMARKS_RATIOS_H_

#include "benchmarks/comparison.h"

namespace fusebox {

// Acquire and settle, against what the machine can do at all.
void PrintCoreRatios(Table& table);

// A whole unary RPC in-process, against the same without breakers.
void PrintRpcRatios(Table& table);

}  // namespace fusebox

#endif  // FUSEBOX_BENCHMARKS_RATIOS_H_
