// config_file.h: keeps a registry in step with its config file.
//
//   auto registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile(path)).value();
//   fusebox::ConfigFile::Options options;
//   options.listener = [](const absl::Status& s) { std::cerr << s << "\n"; };
//   auto file = fusebox::ConfigFile::Watch(path, registry, options);
//
// The file is read again once per period, through its path. So it may be
// changed in place, by a rename, or by swapping a symbolic link to its folder,
// as Kubernetes does. A change counts when two readings in a row find the same.
// A file that is half-written therefore changes nothing and is no error, unless
// its writer stops for longer than a period.

#ifndef FUSEBOX_REGISTRY_CONFIG_FILE_H_
#define FUSEBOX_REGISTRY_CONFIG_FILE_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/internal/export.h"
#include "fusebox/base/mutex.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/internal/settled_reading.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Thread-safe. Runs one thread of its own.
class FUSEBOX_EXPORT ConfigFile {
 public:
  struct Options {
    // The time between two readings of the file. Must be greater than 0.
    Duration period = std::chrono::seconds(1);

    // Called after each change of the file that counts. `status` is
    // OK if the new config is in force now, or else the error of
    // LoadConfigFile() or Registry::Update(), and then the old one stays. It is
    // called on the thread of the ConfigFile, with no lock held.
    std::function<void(const absl::Status& status)> listener;
  };

  // Reads the file, updates the registry, and follows the file from then on.
  // Errors: INVALID_ARGUMENT for a period that is not greater than 0, the error
  // of the first reading, and RESOURCE_EXHAUSTED if there is no thread to
  // follow the file with.
  static absl::StatusOr<std::unique_ptr<ConfigFile>> Watch(
      std::string path, std::shared_ptr<Registry> registry, Options options);

  // Ends the thread. REQUIRES: It does not run in the listener.
  ~ConfigFile();

  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  // Reads the file now, takes it as complete, and returns the status of its
  // present text, whether that is new or not. REQUIRES: It is not called from
  // the listener.
  absl::Status Check() FUSEBOX_EXCLUDES(mu_);

  // Returns how many readings were put into force, and how many were refused.
  // Only changes count.
  uint64_t updates() const FUSEBOX_EXCLUDES(mu_);
  uint64_t errors() const FUSEBOX_EXCLUDES(mu_);

 private:
  ConfigFile(std::string path, std::shared_ptr<Registry> registry,
             Options options, Config first);

  void Read() FUSEBOX_EXCLUDES(mu_);

  const std::string path_;
  const std::shared_ptr<Registry> registry_;
  const Options options_;
  internal::SettledReading reading_;   // used by the thread alone
  std::atomic<bool> checking_{false};  // Check() asked for the next reading

  mutable Mutex mu_;
  absl::Status status_ FUSEBOX_GUARDED_BY(mu_);
  uint64_t updates_ FUSEBOX_GUARDED_BY(mu_) = 1;
  uint64_t errors_ FUSEBOX_GUARDED_BY(mu_) = 0;

  internal::BackgroundThread thread_{[this] {
    Read();
    return options_.period;
  }};
};

}  // namespace fusebox

#endif  // FUSEBOX_REGISTRY_CONFIG_FILE_H_
