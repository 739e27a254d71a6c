# FuseboxInstall: makes cmake --install copy the tool, the libraries, their
# headers and the package that find_package(fusebox) reads:
#
#   <prefix>/bin/fusebox
#   <prefix>/include/fusebox/core/breaker.h
#   <prefix>/lib/libfusebox_core.a
#   <prefix>/lib/cmake/fusebox/fusebox-config.cmake

include(CMakePackageConfigHelpers)

# An installed library has the same name as in the build: the target fusebox_core
# is fusebox::core.
get_property(libraries
  DIRECTORY ${PROJECT_SOURCE_DIR}/interceptors PROPERTY BUILDSYSTEM_TARGETS)
foreach(library IN LISTS libraries)
  string(REGEX REPLACE "^fusebox_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/fusebox)
list(REMOVE_ITEM libraries fusebox_prometheus)
install(TARGETS ${libraries} EXPORT fusebox FILE_SET HEADERS)
install(EXPORT fusebox NAMESPACE fusebox:: DESTINATION ${package}
  FILE fusebox-targets.cmake)

# In a file of its own, which a user without prometheus-cpp does not need.
if(TARGET fusebox_prometheus)
  install(TARGETS fusebox_prometheus EXPORT fusebox-prometheus)
  install(EXPORT fusebox-prometheus NAMESPACE fusebox:: DESTINATION ${package}
    FILE fusebox-prometheus-targets.cmake)
endif()

if(TARGET fusebox)
  install(TARGETS fusebox)
endif()

# The headers that protoc generated, such as fusebox/v1/config.pb.h.
install(DIRECTORY ${PROJECT_BINARY_DIR}/generated/fusebox
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} OPTIONAL
  FILES_MATCHING PATTERN "*.h")

write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/fusebox-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(
  FILES
    ${PROJECT_SOURCE_DIR}/cmake/fusebox-config.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FuseboxDependencies.cmake
    ${PROJECT_BINARY_DIR}/fusebox-config-version.cmake
  DESTINATION ${package})
