# FuseboxDependencies: finds the libraries that users of Fusebox link as well.
# The build includes this file, and so does the installed package.
#
# A new Protobuf brings a CMake package of its own. For Debian's, CMake has a
# module.

find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf REQUIRED)
endif()
find_package(gRPC CONFIG REQUIRED)
if(gRPC_VERSION VERSION_LESS 1.51)
  message(FATAL_ERROR
    "Fusebox needs gRPC 1.51 or newer, found ${gRPC_VERSION} in ${gRPC_DIR}")
endif()
# Without it there is no fusebox::prometheus.
find_package(prometheus-cpp CONFIG QUIET)
