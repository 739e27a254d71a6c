// no_throw.h: the user's code, run where no exception may get out.

#ifndef FUSEBOX_CORE_NO_THROW_H_
#define FUSEBOX_CORE_NO_THROW_H_

namespace fusebox {

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

}  // namespace fusebox

#endif  // FUSEBOX_CORE_NO_THROW_H_
