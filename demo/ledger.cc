#include "demo/ledger.h"

#include <chrono>
#include <cstddef>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>

namespace outage {

std::optional<TimePoint> FirstAnswer(const CallRecords& calls,
                                     TimePoint since) {
  std::optional<TimePoint> first;
  for (const CallRecord& call : calls) {
    if (!call.ended || call.ending != Ending::kOk || *call.ended < since) {
      continue;
    }
    if (!first || *call.ended < *first) first = call.ended;
  }
  return first;
}

std::optional<TimePoint> Reconnected(const CallRecords& calls,
                                     TimePoint since) {
  bool was_connected = false;
  for (const CallRecord& call : calls) {  // in the order in which they began
    if (call.began >= since) {
      if (was_connected) return std::nullopt;
      if (call.connected) return call.began;
    } else {
      was_connected = call.connected;
    }
  }
  return std::nullopt;
}

bool WriteCsv(const CallRecords& calls, const std::string& path) {
  const auto micros = [](Duration duration) {
    return std::chrono::round<std::chrono::microseconds>(duration).count();
  };
  std::ofstream file(path);
  file << "start_us,duration_us,method,code\n";
  for (const CallRecord& call : calls) {
    if (!call.ended) continue;
    file << micros(call.began - calls.front().began) << ','
         << micros(*call.ended - call.began)
         << ",/fusebox.example.Greeter/Greet," << call.code << '\n';
  }
  file.close();
  return file.good();
}

size_t Ledger::Begin(bool connected) {
  const std::lock_guard<std::mutex> lock(mu_);
  ++waiting_;
  if (keep_ == Keep::kNothing) return 0;
  calls_.emplace_back();
  calls_.back().began = Now();
  calls_.back().connected = connected;
  return calls_.size() - 1;
}

void Ledger::End(size_t call, Ending ending, int code) {
  const std::lock_guard<std::mutex> lock(mu_);
  if (keep_ == Keep::kCalls) {
    CallRecord& record = calls_[call];
    record.ended = Now();
    record.ending = ending;
    record.code = code;
  }
  // Notifies under the lock, because the waiting thread may then destroy the
  // ledger.
  if (--waiting_ == 0) all_ended_.notify_all();
}

CallRecords Ledger::Read() const {
  const std::lock_guard<std::mutex> lock(mu_);
  return calls_;
}

void Ledger::WaitUntilAllEnded() {
  std::unique_lock<std::mutex> lock(mu_);
  all_ended_.wait(lock, [this] { return waiting_ == 0; });
}

}  // namespace outage
