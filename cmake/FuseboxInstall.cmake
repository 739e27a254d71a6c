# FuseboxInstall: makes cmake --install copy the tool, the libraries, their
# headers and schemas, and what find_package(fusebox) and pkg-config read:
#
#   <prefix>/bin/fusebox
#   <prefix>/include/fusebox/core/breaker.h
#   <prefix>/include/fusebox/v1/config.proto
#   <prefix>/lib/libfusebox_core.a
#   <prefix>/lib/cmake/fusebox/fusebox-config.cmake
#   <prefix>/lib/pkgconfig/fusebox.pc
#   <prefix>/share/fusebox/monitoring/alerts.yml
#   <prefix>/share/man/man1/fusebox.1
#
# Each file belongs to one component. `runtime` has the shared libraries, `tools`
# the program with its manual page and completions and the files for monitoring,
# and `development` everything else. A user can move the prefix.

include(CMakePackageConfigHelpers)
include(FuseboxPkgConfig)

# An installed library has the same name as in the build: the target fusebox_core
# is fusebox::core.
get_property(libraries
  DIRECTORY ${PROJECT_SOURCE_DIR}/interceptors PROPERTY BUILDSYSTEM_TARGETS)
foreach(library IN LISTS libraries)
  string(REGEX REPLACE "^fusebox_" "" name ${library})
  set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/fusebox)

# Installs libraries, and the file of the package that defines their targets.
function(fusebox_install_libraries export)
  install(TARGETS ${ARGN} EXPORT ${export}
    RUNTIME COMPONENT runtime
    LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
    ARCHIVE COMPONENT development
    FILE_SET HEADERS COMPONENT development)
  install(EXPORT ${export} NAMESPACE fusebox:: DESTINATION ${package}
    FILE ${export}-targets.cmake COMPONENT development)
endfunction()

list(REMOVE_ITEM libraries fusebox_prometheus)
fusebox_install_libraries(fusebox ${libraries})
fusebox_pkg_config(fusebox TARGET fusebox_fusebox
  DESCRIPTION "Circuit breakers for gRPC C++ clients")
fusebox_pkg_config(fusebox-admin TARGET fusebox_admin BASE fusebox
  DESCRIPTION "Admin service that shows and steers circuit breakers")
fusebox_pkg_config(fusebox-testing TARGET fusebox_testing BASE fusebox
  DESCRIPTION "Helpers for tests of clients with circuit breakers")

# In a file of its own, which a user without prometheus-cpp does not need.
if(TARGET fusebox_prometheus)
  fusebox_install_libraries(fusebox-prometheus fusebox_prometheus)
  fusebox_pkg_config(fusebox-prometheus TARGET fusebox_prometheus BASE fusebox
    DESCRIPTION "Metrics of circuit breakers for prometheus-cpp")
endif()

if(TARGET fusebox)
  # It finds the shared libraries wherever the prefix is.
  if(BUILD_SHARED_LIBS AND NOT IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    file(RELATIVE_PATH to_libraries
      /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(fusebox PROPERTIES
      INSTALL_RPATH "$ORIGIN/${to_libraries}")
  endif()
  install(TARGETS fusebox COMPONENT tools)

  # What it prints about itself (tools/CMakeLists.txt).
  set(documents ${PROJECT_BINARY_DIR}/documents)
  install(FILES ${documents}/fusebox.1
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
  install(FILES ${documents}/fusebox COMPONENT tools
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
  install(FILES ${documents}/_fusebox COMPONENT tools
    DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
  install(FILES ${documents}/fusebox.fish COMPONENT tools
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

  set(monitoring ${PROJECT_SOURCE_DIR}/examples/monitoring)
  install(
    FILES
      ${monitoring}/alertmanager.yml
      ${monitoring}/alerts.yml
      ${monitoring}/dashboard.json
    DESTINATION ${CMAKE_INSTALL_DATADIR}/fusebox/monitoring COMPONENT tools)
endif()

# The schemas, and the headers that protoc generated from them, such as
# fusebox/v1/config.pb.h.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/proto/fusebox
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.proto")
install(DIRECTORY ${PROJECT_BINARY_DIR}/generated/fusebox
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development OPTIONAL
  FILES_MATCHING PATTERN "*.h")

write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/fusebox-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(
  FILES
    ${PROJECT_SOURCE_DIR}/cmake/fusebox-config.cmake
    ${PROJECT_SOURCE_DIR}/cmake/FuseboxDependencies.cmake
    ${PROJECT_BINARY_DIR}/fusebox-config-version.cmake
  DESTINATION ${package} COMPONENT development)
