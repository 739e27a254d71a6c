// attributes.h: hints to the compiler for the path of a healthy call.

#ifndef FUSEBOX_BASE_INTERNAL_ATTRIBUTES_H_
#define FUSEBOX_BASE_INTERNAL_ATTRIBUTES_H_

// That path takes a few dozen instructions. If its parts were not inlined, the
// calls between them and the memory traffic would cost more than the parts.
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
