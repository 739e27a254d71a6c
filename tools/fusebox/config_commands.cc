#include "tools/fusebox/config_commands.h"

#include <grpcpp/support/status.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fusebox/base/text.h"
#include "fusebox/config/config_parser.h"
#include "tools/fusebox/ask.h"
#include "tools/text/json_text.h"
#include "tools/text/printable.h"

namespace fusebox::tool {
namespace {

using Stub = v1::BreakerAdmin::Stub;

// Prints why the process refuses, and what to do about it.
void ComplainOfUpdate(const ConfigOptions& options, const AdminAddress& process,
                      const grpc::Status& status) {
  Complain(options, process, status);
  if (status.error_code() == grpc::StatusCode::ABORTED) {
    std::cerr << "  To see the config in force, run fusebox config get.\n";
  }
  if (status.error_code() == grpc::StatusCode::FAILED_PRECONDITION &&
      !options.until_file_changes) {
    std::cerr << "  Change the file, or give --until-file-changes.\n";
  }
}

// Complains about the processes that let nobody change anything. Returns
// whether there are none.
bool AreWritable(const std::vector<ConfigUpdate>& updates,
                 const std::vector<v1::UpdateConfigResponse>& checked,
                 const ConfigOptions& options) {
  bool writable = true;
  for (size_t i = 0; i < updates.size(); ++i) {
    if (!checked[i].read_only()) continue;
    Complain(options.command,
             updates[i].process.text + ": is read-only and would refuse");
    writable = false;
  }
  return writable;
}

// Says what the process has now.
void PrintOutcome(const AdminAddress& process,
                  const v1::UpdateConfigResponse& response,
                  const ConfigOptions& options) {
  if (options.json) {
    std::cout << JsonLine(process.text, response);
    return;
  }
  std::cout << Printable(process.text) << ": generation "
            << response.generation() << " is in force"
            << (response.unchanged() ? " as before: it is equal to this config"
                                     : "")
            << "\n";
}

}  // namespace

void AddGeneration(CLI::App* command, const std::string& description,
                   ConfigOptions* options) {
  command->add_option("--generation", options->generation, description)
      ->transform(WholeNumber())
      ->option_text("N");
}

void AddUntilFileChanges(CLI::App* command, ConfigOptions* options) {
  command->add_flag("--until-file-changes", options->until_file_changes,
                    "Replace the config of a file that the process follows, "
                    "until that file changes");
}

grpc::Status GetConfig(const AdminAddress& process, uint64_t generation,
                       v1::GetConfigResponse* response) {
  v1::GetConfigRequest request;
  request.set_generation(generation);
  return Ask(process, &Stub::GetConfig, request, response);
}

std::string ChangeText(const v1::ConfigChange& change) {
  return ToString(ConfigChange{change.name(), change.field(), change.before(),
                               change.after()});
}

void PrintChanges(const AdminAddress& process,
                  const v1::UpdateConfigResponse& response,
                  const ConfigOptions& options) {
  if (options.json) {
    std::cout << JsonLine(process.text, response);
    return;
  }
  const std::string prefix = options.PrefixOf(process);
  if (response.unchanged()) {
    std::cout << prefix << "no change\n";
  } else if (response.changes().empty()) {
    std::cout << prefix << "no change for calls\n";
  }
  for (const v1::ConfigChange& change : response.changes()) {
    const auto breakers = static_cast<uint64_t>(change.breakers_size());
    std::cout << prefix << Printable(ChangeText(change)) << " ("
              << (breakers == 0 ? "no breaker yet" : Count(breakers, "breaker"))
              << ")\n";
  }
}

std::optional<std::vector<v1::UpdateConfigResponse>> CheckUpdates(
    const std::vector<ConfigUpdate>& updates, const ConfigOptions& options) {
  std::vector<v1::UpdateConfigResponse> responses;
  for (const auto& [process, request] : updates) {
    v1::UpdateConfigResponse response;
    const grpc::Status status =
        Ask(process, &Stub::CheckConfig, request, &response);
    if (status.ok()) {
      responses.push_back(std::move(response));
    } else {
      ComplainOfUpdate(options, process, status);
    }
  }
  if (responses.size() < updates.size()) return std::nullopt;
  return responses;
}

ExitCode ApplyUpdates(const std::vector<ConfigUpdate>& updates,
                      const ConfigOptions& options) {
  const bool several = updates.size() > 1;
  if (several || options.dry_run) {
    auto checked = CheckUpdates(updates, options);
    if (checked && !AreWritable(updates, *checked, options)) checked.reset();
    if (!checked) {
      if (several) {
        Complain(options.command, "nothing was changed in any process");
      }
      return kProblem;
    }
    if (options.dry_run) {
      for (size_t i = 0; i < updates.size(); ++i) {
        PrintChanges(updates[i].process, (*checked)[i], options);
      }
      return kOk;
    }
  }
  size_t changed = 0;
  for (const auto& [process, request] : updates) {
    v1::UpdateConfigResponse response;
    const grpc::Status status =
        Ask(process, &Stub::UpdateConfig, request, &response);
    if (status.ok()) {
      ++changed;
      PrintOutcome(process, response, options);
    } else {
      ComplainOfUpdate(options, process, status);
    }
  }
  if (changed == updates.size()) return kOk;
  if (several) {
    Complain(options.command,
             std::to_string(changed) + " of " + std::to_string(updates.size()) +
                 " processes have the config: those that standard output "
                 "names. fusebox config rollback undoes it there");
  }
  return kProblem;
}

}  // namespace fusebox::tool
