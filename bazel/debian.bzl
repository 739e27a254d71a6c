"""The repositories that the BUILD files name, made of Debian's packages.

Each holds a BUILD file and no code: headers are in /usr/include, and libraries
where the linker looks. The labels are those of the projects' own Bazel builds.
"""

def _files_impl(ctx):
    ctx.file("WORKSPACE", "workspace(name = %r)\n" % ctx.name)
    for path, text in ctx.attr.files.items():
        ctx.file(path, text)
    for path, target in ctx.attr.links.items():
        ctx.symlink(target, path)
    for path, template in ctx.attr.templates.items():
        ctx.template(path, Label(template))

_files = repository_rule(
    implementation = _files_impl,
    attrs = {
        "files": attr.string_dict(),
        "links": attr.string_dict(),
        "templates": attr.string_dict(),
    },
    local = True,
)

_PUBLIC = "package(default_visibility = [\"//visibility:public\"])\n"

def _library(name, libs, deps = []):
    return "cc_library(name = %r, linkopts = %r, deps = %r)\n" % (name, ["-l" + lib for lib in libs], deps)

def _package(*rules):
    return _PUBLIC + "".join(rules)

# A .bzl file that hands on rules which this Bazel has built in.
def _builtin(*rules):
    return "".join(["%s = native.%s\n" % (rule, rule) for rule in rules])

# What Bazel 4 downloads of its own accord, and loads that newer ones want.
def _bazel_own():
    _files(name = "rules_cc", files = {
        "cc/BUILD": "",
        "cc/defs.bzl": _builtin(
            "cc_binary",
            "cc_import",
            "cc_library",
            "cc_proto_library",
            "cc_test",
            "cc_toolchain",
            "cc_toolchain_suite",
            "objc_library",
        ),
    })
    _files(name = "rules_java", files = {
        "java/BUILD": "",
        "java/defs.bzl": _builtin("java_binary", "java_import", "java_library", "java_runtime", "java_test", "java_toolchain"),
    })
    _files(name = "rules_shell", files = {
        "shell/BUILD": "",
        "shell/sh_test.bzl": _builtin("sh_test"),
    })
    _files(name = "rules_proto", files = {
        "proto/BUILD": "",
        "proto/defs.bzl": _builtin("proto_library"),
    })
    _files(name = "remote_coverage_tools", files = {
        "BUILD": _package(
            "filegroup(name = \"coverage_report_generator\")\n",
            "filegroup(name = \"lcov_merger\")\n",
        ),
    })

_WELL_KNOWN_PROTOS = ["any", "duration", "empty", "struct", "timestamp", "wrappers"]

def _protobuf():
    protos = [":%s_proto" % name for name in _WELL_KNOWN_PROTOS]
    _files(
        name = "com_google_protobuf",
        links = dict(
            [
                ("google/protobuf/%s.proto" % name, "/usr/include/google/protobuf/%s.proto" % name)
                for name in _WELL_KNOWN_PROTOS
            ],
            protoc = "/usr/bin/protoc",
        ),
        files = {
            "bazel/BUILD": "",
            "bazel/cc_proto_library.bzl": _builtin("cc_proto_library"),
            "bazel/proto_library.bzl": _builtin("proto_library"),
            "BUILD": _package(
                "exports_files([\"protoc\"])\n",
                _library("protobuf", ["protobuf", "pthread"]),
                "proto_lang_toolchain(name = \"cc_toolchain\", command_line = \"--cpp_out=$(OUT)\", " +
                "runtime = \":protobuf\", blacklisted_protos = %r)\n" % protos,
                *[
                    "proto_library(name = \"%s_proto\", srcs = [\"google/protobuf/%s.proto\"])\n" % (name, name)
                    for name in _WELL_KNOWN_PROTOS
                ]
            ),
        },
    )

def _grpc():
    _files(
        name = "com_github_grpc_grpc",
        links = {"grpc_cpp_plugin": "/usr/bin/grpc_cpp_plugin"},
        templates = {"bazel/cc_grpc_library.bzl": "@fusebox//bazel:cc_grpc_library.bzl.tpl"},
        files = {
            "bazel/BUILD": "",
            "BUILD": _package(
                "exports_files([\"grpc_cpp_plugin\"])\n",
                _library(
                    "grpc++",
                    ["grpc++", "grpc", "gpr", "absl_synchronization"],
                    ["@com_google_protobuf//:protobuf"],
                ),
            ),
        },
    )

# Package: target: libraries.
_ABSEIL = {
    "absl/status": {
        "status": ["absl_status"],
        "statusor": ["absl_statusor", "absl_status"],
    },
    "absl/strings": {"strings": ["absl_strings", "absl_throw_delegate"]},
    "absl/time": {"time": ["absl_time", "absl_time_zone"]},
}

# Its headers must be told what the library was built with.
_HTTPLIB = """cc_library(
    name = "cpp-httplib",
    defines = [
        "CPPHTTPLIB_BROTLI_SUPPORT",
        "CPPHTTPLIB_OPENSSL_SUPPORT",
        "CPPHTTPLIB_ZLIB_SUPPORT",
    ],
    linkopts = ["-lcpp-httplib", "-lpthread"],
)
"""

def debian_repositories():
    _bazel_own()
    _protobuf()
    _grpc()
    _files(name = "com_google_absl", files = {
        package + "/BUILD": _package(*[_library(name, libs) for name, libs in targets.items()])
        for package, targets in _ABSEIL.items()
    })
    _files(name = "com_github_google_benchmark", files = {"BUILD": _package(_library("benchmark_main", ["benchmark_main", "benchmark", "pthread"]))})
    _files(name = "cpp_httplib", files = {"BUILD": _package(_HTTPLIB)})
    _files(name = "com_github_jupp0r_prometheus_cpp", files = {
        "core/BUILD": _package(_library("core", ["prometheus-cpp-core"])),
        "pull/BUILD": _package(_library("pull", ["prometheus-cpp-pull"], ["//core"])),
    })
    _files(name = "cli11", files = {"BUILD": _package(_library("cli11", []))})
    _files(name = "rapidcheck", files = {"BUILD": _package(_library("rapidcheck", ["rapidcheck"]))})
    _files(name = "utf8proc", files = {"BUILD": _package(_library("utf8proc", ["utf8proc"]))})
    _files(name = "nlohmann_json", files = {"BUILD": _package(_library("json", []))})
    _files(
        name = "utf8cpp",
        links = {"utf8": "/usr/include/utf8cpp/utf8"},
        files = {"BUILD": _package("cc_library(name = \"utf8cpp\", hdrs = glob([\"utf8/*.h\"]), includes = [\".\"])\n")},
    )
    _files(name = "com_google_googletest", files = {
        "BUILD": _package(
            _library("gtest", ["gmock", "gtest", "pthread"]),
            _library("gtest_main", ["gtest_main"], [":gtest"]),
        ),
    })
