"""cc_grpc_library with the signature of gRPC's own, by the plugin in /usr/bin.

A file is written where its #include looks for it, below a folder named as the
rule: any import prefix of the proto_library is heeded.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

def _import_path(proto, root):
    path = proto.path
    for prefix in [root, proto.root.path]:
        if prefix not in ["", "."] and path.startswith(prefix + "/"):
            path = path[len(prefix) + 1:]
    return path

def _stubs_impl(ctx):
    info = ctx.attr.proto[ProtoInfo]
    protos = [_import_path(proto, info.proto_source_root) for proto in info.direct_sources]
    stems = [proto[:-len(".proto")] for proto in protos]
    headers = [ctx.actions.declare_file("%s/%s.grpc.pb.h" % (ctx.attr.folder, stem)) for stem in stems]
    sources = [ctx.actions.declare_file("%s/%s.grpc.pb.cc" % (ctx.attr.folder, stem)) for stem in stems]
    out = headers[0].path[:-len(stems[0] + ".grpc.pb.h") - 1]

    args = ctx.actions.args()
    args.add_joined("--descriptor_set_in", info.transitive_descriptor_sets, join_with = ":")
    args.add(ctx.file._plugin, format = "--plugin=protoc-gen-grpc=%s")
    args.add("--grpc_out=" + out)
    args.add_all(protos)
    ctx.actions.run(
        executable = ctx.file._protoc,
        arguments = [args],
        inputs = info.transitive_descriptor_sets,
        tools = [ctx.file._plugin],
        outputs = headers + sources,
        mnemonic = "GrpcStubs",
    )
    return [
        DefaultInfo(files = depset(headers + sources)),
        OutputGroupInfo(headers = depset(headers), sources = depset(sources)),
    ]

_stubs = rule(
    implementation = _stubs_impl,
    attrs = {
        "folder": attr.string(),
        "proto": attr.label(providers = [ProtoInfo]),
        "_plugin": attr.label(default = "//:grpc_cpp_plugin", allow_single_file = True, cfg = "host"),
        "_protoc": attr.label(default = "@com_google_protobuf//:protoc", allow_single_file = True, cfg = "host"),
    },
)

def cc_grpc_library(name, srcs, deps, grpc_only = True, **kwargs):
    if not grpc_only:
        fail("the messages come from a cc_proto_library: grpc_only = True")
    _stubs(name = name + "_stubs", proto = srcs[0], folder = name)
    for part in ["headers", "sources"]:
        native.filegroup(name = name + "_" + part, srcs = [name + "_stubs"], output_group = part)
    cc_library(
        name = name,
        srcs = [name + "_sources"],
        hdrs = [name + "_headers"],
        includes = [name],
        deps = deps + [Label("//:grpc++")],
        **kwargs
    )
