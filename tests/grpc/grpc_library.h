// grpc_library.h: keeps gRPC's library until the program's tests are over,
// waits until it is gone, and looks for leaks then. Including this is all it
// takes.
//
// LeakSanitizer would look at the program's very end. But a thread that gRPC
// has just made and that has not run yet is a leak to it: the one that cleans
// up after the library's last user, or a new timer thread where a test left
// calls behind. A real leak is still one when it looks again.

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
      // A thread that is made now runs after those that wait, mostly.
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
// LeakSanitizer asks before it looks.
extern "C" inline __attribute__((used)) int __lsan_is_turned_off() {
  return fusebox::GrpcLibrary::leaks_looked_for ? 1 : 0;
}
#endif

#endif  // FUSEBOX_TESTS_GRPC_GRPC_LIBRARY_H_
