// no_throw.h: runs the user's code where no exception may escape.

#ifndef FUSEBOX_BASE_INTERNAL_NO_THROW_H_
#define FUSEBOX_BASE_INTERNAL_NO_THROW_H_

namespace fusebox::internal {

// Calls `f` and swallows any exception. Returns false if `f` threw.
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
