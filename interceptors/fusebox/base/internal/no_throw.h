// no_throw.h: the user's code, run where no exception may get out.

#ifndef FUSEBOX_BASE_INTERNAL_NO_THROW_H_
#define FUSEBOX_BASE_INTERNAL_NO_THROW_H_

namespace fusebox::internal {

// Calls `f`; false if it threw.
template <typename F>
bool NoThrow(const F& f) noexcept {
#ifdef __cpp_exceptions
  try {
    f();
    return true;
  } catch (...) {
    return false;
  }
#else
  f();
  return true;
#endif
}

}  // namespace fusebox::internal

#endif  // FUSEBOX_BASE_INTERNAL_NO_THROW_H_
