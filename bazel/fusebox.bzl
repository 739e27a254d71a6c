"""How the tests here are made."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def fusebox_test(name, srcs, deps, threads = False, **kwargs):
    """A GoogleTest binary, with the headers of its package.

    Args:
      name: the test's name, as in CMake.
      srcs: its sources.
      deps: what they use beside GoogleTest.
      threads: it is worth running under ThreadSanitizer and has no gRPC library
        in its process.
      **kwargs: handed on to cc_test. `shard_count` runs that many parts at once.
    """
    cc_test(
        name = name,
        srcs = srcs + native.glob(["*.h"]),
        tags = ["threads" if threads else "grpc"],
        deps = deps + ["@com_google_googletest//:gtest_main"],
        size = kwargs.pop("size", "small"),
        **kwargs
    )
