// attributes.h: what the compiler is told about functions.

#ifndef FUSEBOX_BASE_INTERNAL_ATTRIBUTES_H_
#define FUSEBOX_BASE_INTERNAL_ATTRIBUTES_H_

// The path of a healthy call is a few dozen instructions; calls and memory
// between its parts would cost more than the parts.
#if defined(__GNUC__)
#define FUSEBOX_ALWAYS_INLINE inline __attribute__((always_inline))
#define FUSEBOX_LIKELY(x) (__builtin_expect(static_cast<bool>(x), 1))
#define FUSEBOX_ASSUME(x) \
  (static_cast<bool>(x) ? void() : __builtin_unreachable())
#else
#define FUSEBOX_ALWAYS_INLINE inline
#define FUSEBOX_LIKELY(x) (x)
#define FUSEBOX_ASSUME(x) void()
#endif

#endif  // FUSEBOX_BASE_INTERNAL_ATTRIBUTES_H_
