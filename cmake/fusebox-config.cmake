# fusebox-config: what find_package(fusebox) reads. It gives fusebox::core,
# fusebox::policy, fusebox::registry, fusebox::grpc and fusebox::testing.

include(CMakeFindDependencyMacro)
include(${CMAKE_CURRENT_LIST_DIR}/FuseboxDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/fusebox-targets.cmake)
