// story.h: the server's death and return, and how two clients fared.

#ifndef EXAMPLES_OUTAGE_STORY_H_
#define EXAMPLES_OUTAGE_STORY_H_

#include <atomic>
#include <string>

namespace outage {

// Exit codes.
inline constexpr int kSuccess = 0;
inline constexpr int kStoryFailed = 1;
inline constexpr int kUsageError = 2;
inline constexpr int kInterrupted = 130;

// Stages and prints it all; ends early once `interrupted` is set. The calls of
// the client without a breaker are written to the file `record_to`, unless that
// is empty. Returns the
// exit code.
int TellStory(const std::atomic<bool>& interrupted,
              const std::string& record_to);

}  // namespace outage

#endif  // EXAMPLES_OUTAGE_STORY_H_
