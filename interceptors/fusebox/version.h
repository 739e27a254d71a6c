// version.h: the version of Fusebox.

#ifndef FUSEBOX_VERSION_H_
#define FUSEBOX_VERSION_H_

// The version as numbers, for the preprocessor. They follow semver.org; while
// the major version is 0, a new minor version may change the API.
#define FUSEBOX_VERSION_MAJOR 0
#define FUSEBOX_VERSION_MINOR 1
#define FUSEBOX_VERSION_PATCH 0

namespace fusebox {

// The version as text: "0.1.0".
inline constexpr char kVersion[] = "0.1.0";

}  // namespace fusebox

#endif  // FUSEBOX_VERSION_H_
