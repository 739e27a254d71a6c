// outcome.h: judges a finished call: where its status came from, its default
// outcome, and when the server asks for the next attempt.

#ifndef FUSEBOX_GRPC_INTERNAL_OUTCOME_H_
#define FUSEBOX_GRPC_INTERNAL_OUTCOME_H_

#include <grpcpp/support/status.h>

#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/policy/code_classifier.h"
#include "fusebox/policy/policy.h"

namespace fusebox::internal {

// Returns true if the default outcome of this code depends on the origin.
bool DependsOnOrigin(grpc::StatusCode code);

// Derives the origin from ClientContext::peer(). When the status has come, the
// peer is an address of the transport if the status came from there, and the
// channel's target otherwise. At the start of the call it is always the target.
// `at_start` is the peer at the start, or empty if it was not read. It makes
// the origin kUnknown if the target itself is spelled like an address.
Origin OriginOf(std::string_view at_start, std::string_view peer);

// Returns the address in ClientContext::peer() without its scheme, such as
// "10.0.0.7:443", or nothing if the peer is no address of a transport.
std::string_view AddressIn(std::string_view peer);

// Returns the default outcome (classifier.h). It reads every field of `call`
// except `outcome`, and reads `origin` only if DependsOnOrigin(). `codes` has
// the lists of `policy`.
Outcome DefaultOutcome(const FinishedCall& call, const CodeClassifier& codes,
                       const Policy& policy);

// Returns how long the server asks clients to wait: the longest delay in the
// trailers `grpc-retry-pushback-ms` and in the google.rpc.RetryInfo of the
// status details. Returns 0 if the server sends no delay, a negative number
// ("do not retry"), text that is not a number, or more than a Duration can
// hold.
Duration PushbackOf(const grpc::Status& status,
                    const FinishedCall::Trailers& trailers);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_OUTCOME_H_
