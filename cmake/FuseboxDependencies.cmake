# FuseboxDependencies: finds what Fusebox builds on.
#
# Protobuf comes with a CMake package of its own where it is new and only with
# CMake's module where it is Debian's.

find_package(Threads REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf REQUIRED)
endif()
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
find_package(utf8cpp CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
if(gRPC_VERSION VERSION_LESS 1.51)
  message(FATAL_ERROR
    "Fusebox needs gRPC 1.51 or newer, found ${gRPC_VERSION} in ${gRPC_DIR}")
endif()
find_package(prometheus-cpp CONFIG QUIET)  # without it: no fusebox::prometheus
if(FUSEBOX_BUILD_BENCHMARKS)
  find_package(benchmark CONFIG REQUIRED)
endif()
if(FUSEBOX_BUILD_TESTS)
  find_package(GTest REQUIRED)
  find_package(rapidcheck CONFIG REQUIRED)
endif()
