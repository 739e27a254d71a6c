// story.h: stages the server's death and return, and shows two clients in it.

#ifndef DEMO_STORY_H_
#define DEMO_STORY_H_

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

namespace outage {

// The exit codes.
inline constexpr int kSuccess = 0;
inline constexpr int kStoryFailed = 1;
inline constexpr int kUsageError = 2;
inline constexpr int kInterrupted = 130;

// What happens, and how fast.
struct Plot {
  // Calls per second of each client. Must be greater than 0.
  double rate = 50;

  // How long the server is down.
  std::chrono::duration<double> outage{6};

  // Whether the server is also stopped and continued.
  bool stop_too = true;

  // The file for the calls of the client without a breaker. Empty if there is
  // none.
  std::string record_to;

  // The port for the breaker's metrics, which are served until interrupted.
  // Absent if they are not served.
  std::optional<int> metrics_port;

  // The address of the admin service, which is served until interrupted. Empty
  // if it is not served.
  std::string admin;

  // The following are for the practice (practice.h). It plays one outage if
  // `once` is set. `pause` is how long the server works before each outage.
  bool practice = false;
  bool once = false;
  std::chrono::duration<double> pause{30};
};

// Stages and prints everything. Ends early once `interrupted` is set. Returns
// the exit code.
int TellStory(const Plot& plot, const std::atomic<bool>& interrupted);

}  // namespace outage

#endif  // DEMO_STORY_H_
