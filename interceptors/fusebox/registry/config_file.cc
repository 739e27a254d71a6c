#include "fusebox/registry/config_file.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fusebox/base/clock.h"
#include "fusebox/base/duration_text.h"
#include "fusebox/base/mutex.h"
#include "fusebox/config/config_parser.h"
#include "fusebox/policy/config.h"
#include "fusebox/registry/event.h"
#include "fusebox/registry/registry.h"

namespace fusebox {

absl::StatusOr<std::unique_ptr<ConfigFile>> ConfigFile::Watch(
    std::string path, std::shared_ptr<Registry> registry, Options options) {
  if (options.period <= Duration::zero()) {
    return absl::InvalidArgumentError("period: must be greater than 0s, is " +
                                      FormatDuration(options.period));
  }
  absl::StatusOr<Config> first = LoadConfigFile(path);
  if (!first.ok()) return first.status();
  absl::Status status =
      registry->Update(*first, std::nullopt, {ConfigOrigin::Kind::kFile, path});
  if (!status.ok()) return status;
  std::unique_ptr<ConfigFile> file(
      new ConfigFile(std::move(path), std::move(registry), std::move(options),
                     *std::move(first)));
  if (!file->thread_.Start(file->options_.period)) {
    return absl::ResourceExhaustedError("no thread to follow the file with");
  }
  return file;
}

ConfigFile::ConfigFile(std::string path, std::shared_ptr<Registry> registry,
                       Options options, Config first)
    : path_(std::move(path)),
      registry_(std::move(registry)),
      options_(std::move(options)),
      reading_(std::move(first)) {
  registry_->Follow(path_);
}

ConfigFile::~ConfigFile() {
  thread_.Stop();
  registry_->Unfollow(path_);
}

absl::Status ConfigFile::Check() {
  checking_ = true;
  thread_.Wake();
  thread_.Wait();
  MutexLock lock(mu_);
  return status_;
}

uint64_t ConfigFile::updates() const {
  MutexLock lock(mu_);
  return updates_;
}

uint64_t ConfigFile::errors() const {
  MutexLock lock(mu_);
  return errors_;
}

void ConfigFile::Read() {
  const bool complete = checking_.exchange(false);
  if (!reading_.Take(LoadConfigFile(path_), complete)) return;
  const absl::StatusOr<Config>& config = reading_.get();
  const ConfigOrigin origin = {ConfigOrigin::Kind::kFile, path_};
  absl::Status status = config.ok()
                            ? registry_->Update(*config, std::nullopt, origin)
                            : config.status();
  if (!config.ok()) registry_->ReportConfigError(status, origin);
  {
    MutexLock lock(mu_);
    ++(status.ok() ? updates_ : errors_);
    status_ = status;
  }
  if (options_.listener) options_.listener(status);
}

}  // namespace fusebox
