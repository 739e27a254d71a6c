// config_texts.h: config texts for tests, and reading them.

#ifndef FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_
#define FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/policy/policy.h"

namespace fusebox {

// Read a text and return its problems, one line each. They expect that there is
// a config if and only if there is no problem, that the error contains every
// problem, and that each problem is one line of UTF-8.
std::vector<std::string> JsonProblems(std::string_view json);
std::vector<std::string> TextprotoProblems(std::string_view textproto);

// A text and the problems that are expected.
struct Bad {
  std::string text;
  std::vector<std::string> problems;
};

void ExpectProblems(const std::vector<Bad>& table);

// Expects the problems for texts that are the fields of defaultPolicy. The
// paths begin inside of it.
void ExpectPolicyProblems(const std::vector<Bad>& table);

// Returns "must be OK, CANCELLED, ... or UNAUTHENTICATED, is VALUE".
std::string MustBeACode(const std::string& value);

// Returns the config of a JSON text, or nothing if the text has problems.
std::optional<Config> ReadConfig(std::string_view json);

// Returns a config whose defaultPolicy has these fields.
std::string InDefaultPolicy(const std::string& fields);

// Returns a config with an entry for service "s" whose policy has these fields.
std::string InMethodPolicy(const std::string& fields,
                           const std::string& default_fields = "");

// Return the policy of such a text. The test fails if the text has problems.
Policy DefaultPolicyOf(const std::string& fields);
Policy MethodPolicyOf(const std::string& fields,
                      const std::string& default_fields = "");

// Returns valid configs that together use every field.
std::vector<std::string> GoodConfigs();

}  // namespace fusebox

#endif  // FUSEBOX_TESTS_CONFIG_CONFIG_TEXTS_H_
