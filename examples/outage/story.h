// story.h: stages the server's death and return, and shows two clients in it.

#ifndef EXAMPLES_OUTAGE_STORY_H_
#define EXAMPLES_OUTAGE_STORY_H_

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

namespace outage {

// Exit codes.
inline constexpr int kSuccess = 0;
inline constexpr int kStoryFailed = 1;
inline constexpr int kUsageError = 2;
inline constexpr int kInterrupted = 130;

struct Plot {
  // Calls a second of each client; greater than 0.
  double rate = 50;

  // How long the server is dead.
  std::chrono::duration<double> outage{6};

  // Whether it is also stopped and continued.
  bool stop_too = true;

  // Where the calls of the client without a breaker are written; empty:
  // nowhere.
  std::string record_to;

  // Where the breaker's metrics are served, until interrupted; absent: nowhere.
  std::optional<int> metrics_port;

  // Where the breaker can be looked at and steered (admin_server.h of Fusebox),
  // until interrupted; empty: nowhere.
  std::string admin;
};

// Stages and prints everything. Ends early once `interrupted` is set. Returns
// the exit code.
int TellStory(const Plot& plot, const std::atomic<bool>& interrupted);

}  // namespace outage

#endif  // EXAMPLES_OUTAGE_STORY_H_
