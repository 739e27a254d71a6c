"""Builds a release of Fusebox for Conan 2."""

import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, get
from conan.tools.gnu import PkgConfigDeps

required_conan_version = ">=2.4"


class FuseboxConan(ConanFile):
    name = "fusebox"
    description = "Circuit breakers for gRPC C++ clients"
    license = "Apache-2.0"
    topics = ("circuit-breaker", "grpc", "resilience")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "fPIC": [True, False],
        "with_prometheus": [True, False],
        "with_tools": [True, False],
    }
    default_options = {
        "shared": False,
        "fPIC": True,
        "with_prometheus": False,
        "with_tools": False,
    }
    implements = ["auto_shared_fpic"]

    def layout(self):
        cmake_layout(self, src_folder="src")

    # gRPC brings the Protobuf and the Abseil that belong to it.
    def requirements(self):
        self.requires("grpc/[>=1.54.3 <2]", transitive_headers=True, transitive_libs=True)
        self.requires("nlohmann_json/[>=3.11 <4]", visible=False)
        self.requires("utfcpp/[>=3.2.3 <5]", visible=False)
        if self.options.with_prometheus:
            self.requires("prometheus-cpp/[>=1.0.1 <2]", transitive_headers=True,
                          transitive_libs=True)
        if self.options.with_tools:
            self.requires("cli11/[>=2.1.2 <3]", visible=False)
            self.requires("cpp-httplib/[>=0.14.1 <1]", visible=False)
            self.requires("utf8proc/[>=2.6.1 <3]", visible=False)

    # protoc and gRPC's plugin run on the machine that builds.
    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25]")
        self.tool_requires("grpc/<host_version>")
        self.tool_requires("protobuf/<host_version>")
        if self.options.with_tools:
            self.tool_requires("pkgconf/[>=2 <3]")

    def validate(self):
        check_min_cppstd(self, 17)
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration("Fusebox was tested on Linux only")

    def source(self):
        get(self, **self.conan_data["sources"][self.version], strip_root=True)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        variables = toolchain.cache_variables
        variables["FUSEBOX_BUILD_EXAMPLES"] = False
        variables["FUSEBOX_BUILD_TESTS"] = False
        variables["FUSEBOX_BUILD_TOOLS"] = bool(self.options.with_tools)
        variables["FUSEBOX_INSTALL"] = True
        variables["CMAKE_DISABLE_FIND_PACKAGE_prometheus-cpp"] = not self.options.with_prometheus
        toolchain.generate()
        if self.options.with_tools:
            PkgConfigDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder,
             os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    # find_package() reads the package that Fusebox installs itself, which defines
    # one target for each library.
    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "fusebox")]
        self.cpp_info.includedirs = []
        self.cpp_info.libdirs = []
