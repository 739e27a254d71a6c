// config_resolver.h: what a config's message comes to, and what is wrong with
// that.

#ifndef FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
#define FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_

#include "fusebox/base/problem.h"
#include "fusebox/core/settings.h"
#include "fusebox/policy/config.h"
#include "fusebox/v1/config.pb.h"

namespace fusebox::internal {

// Applies presets and inheritance. A value that a Config cannot hold (an enum's
// number without a name, a duration beyond the range) and a required field that
// is left out are problems; they leave what was there before.
Config ResolveConfig(const v1::Config& proto, Problems* problems);

// `config.Validate()` for a config resolved from `proto`: what is inherited is
// told once, at the default policy, and what comes of an inherited value and
// one that is given, at the latter.
Problems ValidateResolved(const v1::Config& proto, const Config& config);

// Adds those of `more` that do not come of one in `problems`: neither at the
// same place, nor inside of it or around it, nor compared with what is there.
void AddUnrelated(Problems more, Problems* problems);

}  // namespace fusebox::internal

#endif  // FUSEBOX_CONFIG_INTERNAL_CONFIG_RESOLVER_H_
