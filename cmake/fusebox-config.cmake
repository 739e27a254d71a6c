# fusebox-config: the file that find_package(fusebox) reads. It defines
# fusebox::fusebox, which most clients link, fusebox::admin, fusebox::testing and
# one target for each folder of the library. It defines fusebox::prometheus only
# if prometheus-cpp was found when Fusebox was built and is found now.

include(${CMAKE_CURRENT_LIST_DIR}/FuseboxDependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/fusebox-targets.cmake)
if(TARGET prometheus-cpp::core)
  include(${CMAKE_CURRENT_LIST_DIR}/fusebox-prometheus-targets.cmake OPTIONAL)
endif()
