// ending.h: how a call ended, as gRPC reports it with the status.

#ifndef FUSEBOX_GRPC_INTERNAL_ENDING_H_
#define FUSEBOX_GRPC_INTERNAL_ENDING_H_

#include <grpcpp/support/status.h>

#include <map>
#include <string>

#include "fusebox/base/clock.h"
#include "fusebox/grpc/classifier.h"

namespace fusebox::internal {

// What a batch says about the end of its call. The references are valid until
// the batch proceeds.
struct Ending {
  const grpc::Status& status;
  const FinishedCall::Trailers& trailers;
  bool no_message = false;  // it asked for a message and got none
  TimePoint time{};         // when the status came
};

// A copy of an Ending that is valid for as long as it exists.
class KeptEnding {
 public:
  explicit KeptEnding(const Ending& ending)
      : status_(ending.status),
        no_message_(ending.no_message),
        time_(ending.time) {
    for (const auto& [key, value] : ending.trailers) {
      const auto text = texts_.emplace(std::string(key.data(), key.size()),
                                       std::string(value.data(), value.size()));
      trailers_.emplace(text->first, text->second);
    }
  }

  KeptEnding(const KeptEnding&) = delete;
  KeptEnding& operator=(const KeptEnding&) = delete;

  Ending Get() const { return {status_, trailers_, no_message_, time_}; }

 private:
  const grpc::Status status_;
  std::multimap<std::string, std::string> texts_;
  FinishedCall::Trailers trailers_;  // refer to texts_
  const bool no_message_;
  const TimePoint time_;
};

}  // namespace fusebox::internal

#endif  // FUSEBOX_GRPC_INTERNAL_ENDING_H_
