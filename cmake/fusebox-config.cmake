# fusebox-config: what find_package(fusebox) reads. It gives fusebox::core,
# fusebox::policy, fusebox::registry, fusebox::observe, fusebox::grpc,
# fusebox::testing and, where prometheus-cpp was found both when Fusebox was
# built and now, fusebox::prometheus.

include(CMakeFindDependencyMacro)
include(${CMAKE_CURRENT_LIST_DIR}/FuseboxDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/fusebox-targets.cmake)
if(TARGET prometheus-cpp::core)
  include(${CMAKE_CURRENT_LIST_DIR}/fusebox-prometheus-targets.cmake OPTIONAL)
endif()
