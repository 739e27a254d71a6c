"""How the tests here are made."""

load("@com_github_grpc_grpc//bazel:cc_grpc_library.bzl", "cc_grpc_library")
load("@com_google_protobuf//bazel:cc_proto_library.bzl", "cc_proto_library")
load("@com_google_protobuf//bazel:proto_library.bzl", "proto_library")
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

def fusebox_service(name, proto, visibility = None):
    """A library of the messages and the stubs of a .proto file.

    Args:
      name: what to depend on.
      proto: the file.
      visibility: of the library.
    """
    proto_library(
        name = name + "_proto",
        srcs = [proto],
    )
    cc_proto_library(
        name = name + "_messages",
        deps = [":" + name + "_proto"],
    )
    cc_grpc_library(
        name = name,
        srcs = [":" + name + "_proto"],
        grpc_only = True,
        visibility = visibility,
        deps = [":" + name + "_messages"],
    )
