// outcome.h: what a finished call comes to: who made its status, what counts
// it as, and when the server wants to be asked again.

#ifndef FUSEBOX_GRPC_INTERNAL_OUTCOME_H_
#define FUSEBOX_GRPC_INTERNAL_OUTCOME_H_

#include <grpcpp/support/status.h>

#include <string_view>

#include "fusebox/base/clock.h"
#include "fusebox/core/types.h"
#include "fusebox/grpc/classifier.h"
#include "fusebox/policy/code_classifier.h"

namespace fusebox::internal {

// Whether the default class of that code depends on the origin.
bool DependsOnOrigin(grpc::StatusCode code);

// From what ClientContext::peer() says when the status has come: an address of
// the transport if the status came from there, else the channel's target. At
// the call's start it is always the target: `at_start`, empty if that was not
// read, tells a target that is spelled like an address.
Origin OriginOf(std::string_view at_start, std::string_view peer);

// The default class (classifier.h). Reads everything of `call` but `outcome`;
// `origin` only where DependsOnOrigin().
Outcome DefaultOutcome(const FinishedCall& call, const CodeClassifier& codes,
                       Duration min_deadline);

// How long the server asks to be left alone: the longest of the trailers
// `grpc-retry-pushback-ms` and google.rpc.RetryInfo in the status' details. 0
// if it does not ask, asks for no retry at all (a negative number), or sends
// what is no number or more than a Duration holds.
Duration PushbackOf(const grpc::Status& status,
                    const FinishedCall::Trailers& trailers);

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_OUTCOME_H_
