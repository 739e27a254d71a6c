#include "tools/watch/screen.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "tools/text/write_all.h"

namespace fusebox::tool {
namespace {

constexpr int kSignals[] = {SIGINT,  SIGTERM, SIGHUP,
                            SIGQUIT, SIGTSTP, SIGWINCH};
constexpr char kWake = 0;

// Each signal and each wake sends one byte through this pipe. The pipe is never
// closed, because a signal may arrive late.
int* Pipe() {
  static int* const ends = [] {
    static int pair[2] = {-1, -1};
    if (pipe2(pair, O_CLOEXEC | O_NONBLOCK) != 0) pair[0] = pair[1] = -1;
    return pair;
  }();
  return ends;
}

void Send(char byte) {
  const int saved = errno;
  // A full pipe also wakes the reader.
  (void)!write(Pipe()[1], &byte, 1);
  errno = saved;
}

void OnSignal(int number) { Send(static_cast<char>(number)); }

void Handle(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, nullptr);
}

// Wait() notices if the terminal is gone.
void Show(std::string_view text) { (void)WriteAll(STDOUT_FILENO, text); }

struct Key {
  std::string_view bytes;
  Screen::Input input;
};

constexpr Key kKeys[] = {
    {"q", Screen::kQuit},         {"Q", Screen::kQuit},
    {"k", Screen::kUp},           {"j", Screen::kDown},
    {"\x1b[A", Screen::kUp},      {"\x1b[B", Screen::kDown},
    {"\x1bOA", Screen::kUp},      {"\x1bOB", Screen::kDown},
    {"\x1b[5~", Screen::kPageUp}, {"\x1b[6~", Screen::kPageDown},
    {"b", Screen::kPageUp},       {" ", Screen::kPageDown},
    {"\x1b[H", Screen::kHome},    {"\x1b[F", Screen::kEnd},
    {"g", Screen::kHome},         {"G", Screen::kEnd},
};

}  // namespace

Screen::Screen() {
  Pipe();
  has_keys_ = tcgetattr(STDIN_FILENO, &before_) == 0;
  for (const int number : kSignals) Handle(number, OnSignal);
  Enter();
}

Screen::~Screen() {
  Leave();
  for (const int number : kSignals) Handle(number, SIG_DFL);
}

void Screen::Enter() {
  if (has_keys_) {
    termios raw = before_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }
  shown_.clear();
  Show("\x1b[?1049h\x1b[?25l");
}

void Screen::Leave() {
  Show("\x1b[?25h\x1b[?1049l");
  if (has_keys_) tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

void Screen::Stop() {
  Leave();
  Handle(SIGTSTP, SIG_DFL);
  raise(SIGTSTP);  // returns when the process continues
  Handle(SIGTSTP, OnSignal);
  Enter();
}

void Screen::Wake() { Send(kWake); }

Screen::Input Screen::HandleSignal(char byte) {
  switch (byte) {
    case kWake:
      return kWoken;
    case SIGTSTP:
      Stop();
      return kResized;
    case SIGWINCH:
      shown_.clear();
      return kResized;
    default:
      return kQuit;
  }
}

void Screen::ReadKeys() {
  constexpr size_t kMaxKeys = 256;  // bytes; further keys are dropped
  char bytes[64];
  const ssize_t size = read(STDIN_FILENO, bytes, sizeof(bytes));
  if (size <= 0) {  // the input is gone
    has_keys_ = false;
    return;
  }
  if (keys_.size() < kMaxKeys) {
    keys_.append(bytes, static_cast<size_t>(size));
  }
}

// Returns kNothing if there is no key, or only the first bytes of one.
Screen::Input Screen::NextKey() {
  bool half = false;
  for (const Key& key : kKeys) {
    if (typing_ && key.bytes.size() == 1) continue;
    if (keys_.compare(0, key.bytes.size(), key.bytes) == 0) {
      keys_.erase(0, key.bytes.size());
      return key.input;
    }
    half = half || key.bytes.compare(0, keys_.size(), keys_) == 0;
  }
  if (half) return kNothing;
  key_ = keys_[0];
  keys_.erase(0, 1);
  return kOther;
}

Screen::Input Screen::Wait(std::chrono::milliseconds longest) {
  if (const Input key = NextKey(); key != kNothing) return key;
  pollfd sources[] = {{Pipe()[0], POLLIN, 0},
                      {has_keys_ ? STDIN_FILENO : -1, POLLIN, 0},
                      {STDOUT_FILENO, 0, 0}};
  const int ready = poll(sources, 3, static_cast<int>(longest.count()));
  if (ready <= 0 && keys_ == "\x1b") {  // nothing follows: the key Escape
    key_ = keys_[0];
    keys_.clear();
    return kOther;
  }
  if (ready <= 0) return kNothing;
  if (sources[2].revents != 0) return kQuit;
  if (sources[0].revents == 0) {
    ReadKeys();
    return NextKey();
  }
  // Several wakes count as one.
  char byte = kWake;
  do {
    if (read(Pipe()[0], &byte, 1) != 1) return kWoken;
  } while (byte == kWake);
  return HandleSignal(byte);
}

void Screen::Draw(const std::vector<std::string>& lines) {
  std::string frame = "\x1b[H";
  for (size_t i = 0; i < lines.size(); ++i) {
    frame += (i == 0 ? "" : "\r\n") + lines[i] + "\x1b[K";
  }
  frame += "\x1b[J";
  if (frame == shown_) return;
  Show(frame);
  shown_ = frame;
}

}  // namespace fusebox::tool
