// config_file.h: a registry that follows its config file.
//
//   auto registry =
//       fusebox::Registry::Create(fusebox::LoadConfigFile(path)).value();
//   fusebox::ConfigFile::Options options;
//   options.listener = [](const absl::Status& s) { std::cerr << s << "\n"; };
//   auto file = fusebox::ConfigFile::Watch(path, registry, options);
//
// The file is read once a period, through its path: so it does not matter how
// it is changed, in place, by a rename, or by a symbolic link to a folder that
// is swapped, as Kubernetes does it. What is read half-written is either no
// config, which changes nothing and is read again, or one that was complete.

#ifndef FUSEBOX_REGISTRY_CONFIG_FILE_H_
#define FUSEBOX_REGISTRY_CONFIG_FILE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/internal/background_thread.h"
#include "fusebox/base/mutex.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

// Thread-safe. Has a thread of its own.
class ConfigFile {
 public:
  struct Options {
    // How often the file is read. Greater than 0.
    Duration period = std::chrono::seconds(1);

    // Told of each reading that differs from the one before, on the thread of
    // the ConfigFile and with no lock held: OK if the registry goes by it now,
    // else why the old config stays (LoadConfigFile(), Registry::Update()).
    std::function<void(const absl::Status& status)> listener;
  };

  // Reads the file, updates the registry and follows the file from then on.
  // Errors: INVALID_ARGUMENT for a period that is not greater than 0; those of
  // the first reading, and then nothing is followed.
  static absl::StatusOr<std::unique_ptr<ConfigFile>> Watch(
      std::string path, std::shared_ptr<Registry> registry, Options options);

  // Ends the thread. Must not run on it.
  ~ConfigFile() = default;

  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;

  // Reads the file now and waits for what comes of it: the status of what it
  // says at present, new or not. Must not be called by the listener.
  absl::Status Check() FUSEBOX_EXCLUDES(mu_);

  // Readings that the registry took, and those that it could not, so far; those
  // that differ from the one before.
  uint64_t updates() const FUSEBOX_EXCLUDES(mu_);
  uint64_t errors() const FUSEBOX_EXCLUDES(mu_);

 private:
  ConfigFile(std::string path, std::shared_ptr<Registry> registry,
             Options options, Config first);

  void Read() FUSEBOX_EXCLUDES(mu_);

  const std::string path_;
  const std::shared_ptr<Registry> registry_;
  const Options options_;
  absl::StatusOr<Config> last_;  // reading; of the thread

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
