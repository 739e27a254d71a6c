// grpc_library.h: keeps gRPC's library until the program's tests are over, and
// then waits until it is gone.
//
// Otherwise its last user starts a thread that cleans up, which the end of the
// program may meet half started: a leak, says LeakSanitizer. Including this is
// all it takes.

#ifndef FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_
#define FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_

#include <grpc/grpc.h>
#include <gtest/gtest.h>

namespace fusebox {

class GrpcLibrary final : public testing::Environment {
 public:
  void SetUp() override { grpc_init(); }
  void TearDown() override { grpc_shutdown_blocking(); }
};

inline testing::Environment* const kGrpcLibrary =
    testing::AddGlobalTestEnvironment(new GrpcLibrary);

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_
