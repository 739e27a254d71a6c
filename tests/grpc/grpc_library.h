// grpc_library.h: keeps gRPC's library alive until the tests of the program are
// over, waits until it has shut down, and checks for leaks then. It is enough
// to include this file.
//
// LeakSanitizer normally checks at the very end of the program. It then reports
// a thread that gRPC has created and that has not run yet, for example the
// thread that cleans up after the last user of the library, or a new timer
// thread if a test left calls behind. A real leak is still reported when
// LeakSanitizer checks again.

#ifndef FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_
#define FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_

#include <grpc/grpc.h>
#include <gtest/gtest.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include <thread>

namespace fusebox {

class GrpcLibrary final : public testing::Environment {
 public:
  void SetUp() override { grpc_init(); }
  void TearDown() override {
    grpc_shutdown_blocking();
#ifdef __SANITIZE_ADDRESS__
    bool leaks = true;
    for (int look = 0; look < 20 && leaks; ++look) {
      // In most cases a new thread runs after the threads that already wait.
      std::thread([] {}).join();
      leaks = __lsan_do_recoverable_leak_check() != 0;
    }
    EXPECT_FALSE(leaks);
    leaks_looked_for = true;
#endif
  }

  static inline bool leaks_looked_for = false;
};

inline testing::Environment* const kGrpcLibrary =
    testing::AddGlobalTestEnvironment(new GrpcLibrary);

}  // namespace fusebox

#ifdef __SANITIZE_ADDRESS__
// LeakSanitizer calls this before it checks.
extern "C" inline __attribute__((used)) int __lsan_is_turned_off() {
  return fusebox::GrpcLibrary::leaks_looked_for ? 1 : 0;
}
#endif

#endif  // FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_
