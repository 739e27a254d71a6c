// export.h: marks the symbols that a shared library of Fusebox exports.
//
// CMake defines FUSEBOX_SHARED if BUILD_SHARED_LIBS is on. It then compiles the
// libraries with -fvisibility=hidden.

#ifndef FUSEBOX_BASE_INTERNAL_EXPORT_H_
#define FUSEBOX_BASE_INTERNAL_EXPORT_H_

#ifdef FUSEBOX_SHARED
#define FUSEBOX_EXPORT __attribute__((visibility("default")))
#else
#define FUSEBOX_EXPORT
#endif

#endif  // FUSEBOX_BASE_INTERNAL_EXPORT_H_
