// other_interceptors.h: third-party interceptors before and after Fusebox's.

#ifndef FUSEBOX_TESTS_GRPC_OTHER_INTERCEPTORS_H_
#define FUSEBOX_TESTS_GRPC_OTHER_INTERCEPTORS_H_

#include <grpcpp/support/client_interceptor.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>
#include <vector>

#include "fusebox/base/mutex.h"
#include "tests/grpc/guarded_channel.h"

namespace fusebox {

// Records what an interceptor saw of the calls of its channel. Thread-safe.
class Witness {
 public:
  void Saw(const grpc::Status& status) {
    MutexLock lock(mu_);
    statuses_.push_back(status);
  }
  void SawBatch() {
    MutexLock lock(mu_);
    ++batches_;
  }
  std::vector<grpc::Status> statuses() const {
    MutexLock lock(mu_);
    return statuses_;
  }
  int batches() const {
    MutexLock lock(mu_);
    return batches_;
  }

 private:
  mutable Mutex mu_;
  std::vector<grpc::Status> statuses_ FUSEBOX_GUARDED_BY(mu_);
  int batches_ FUSEBOX_GUARDED_BY(mu_) = 0;
};

using OtherFactory =
    std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>;

// Adds `key: yes` to the initial metadata of each call, and records in
// `witness` what it saw. `witness` must outlive the calls.
OtherFactory AddsMetadata(std::string key, Witness* witness);

// While `*on`, answers unary calls of test::Text with OK and `text`.
OtherFactory Answers(std::string text, const bool* on);

// Repeats each unary call of Echo.Say, through the later interceptors and the
// channel, until it succeeds or was made `attempts` times.
OtherFactory Retries(int attempts);

inline InterceptorFactories List(OtherFactory factory) {
  InterceptorFactories factories;
  factories.push_back(std::move(factory));
  return factories;
}

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_OTHER_INTERCEPTORS_H_
