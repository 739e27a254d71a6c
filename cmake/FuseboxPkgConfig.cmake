# FuseboxPkgConfig: makes and installs a file for pkg-config, from what a target
# links. Such a file names all libraries of Fusebox that the target needs, because
# a program may call each of them, and static ones bring no others. It requires
# gRPC, Protobuf and Abseil even if the libraries are shared, because their types
# are in Fusebox's headers and a program calls them as well.
#
#   fusebox_pkg_config(<name> TARGET <target> DESCRIPTION <text> [BASE <name>])
#
# BASE is the name of a file that was made before. The new file requires it and
# does not repeat its libraries.

# Sets `variable` to the name in pkg-config of a library that is not Fusebox's.
# An unknown one is an error here, because it would be missing when a user links.
function(fusebox_pkg_name variable target)
  if(target MATCHES "^absl::(.+)$")
    set(name absl_${CMAKE_MATCH_1})
  elseif(target STREQUAL "gRPC::grpc++")
    set(name grpc++)
  elseif(target STREQUAL "protobuf::libprotobuf")
    set(name protobuf)
  elseif(target STREQUAL "prometheus-cpp::core")
    set(name prometheus-cpp-core)
  else()
    message(FATAL_ERROR
      "FuseboxPkgConfig.cmake must give the name of ${target} in pkg-config")
  endif()
  set(${variable} ${name} PARENT_SCOPE)
endfunction()

# Prepends the target to the list `libraries` after everything that it links, and
# appends other projects' libraries to `requires`: a linker wants that order.
function(fusebox_pkg_walk target)
  get_target_property(original ${target} ALIASED_TARGET)
  if(original)
    set(target ${original})
  endif()
  if(target IN_LIST libraries)
    return()
  endif()
  get_target_property(links ${target} INTERFACE_LINK_LIBRARIES)
  if(NOT links)
    set(links)
  endif()
  foreach(link IN LISTS links)
    if(link MATCHES "^fusebox(::|_)")
      fusebox_pkg_walk(${link})
    elseif(link STREQUAL "Threads::Threads" OR link MATCHES "BUILD_INTERFACE:")
      # -pthread is in each file. An installed library does not need the others.
    else()
      fusebox_pkg_name(name ${link})
      list(APPEND requires ${name})
    endif()
  endforeach()
  list(PREPEND libraries ${target})
  list(REMOVE_DUPLICATES requires)
  set(libraries ${libraries} PARENT_SCOPE)
  set(requires ${requires} PARENT_SCOPE)
endfunction()

function(fusebox_pkg_config name)
  cmake_parse_arguments(ARG "" "TARGET;DESCRIPTION;BASE" "" ${ARGN})
  set(libraries)
  set(requires)
  fusebox_pkg_walk(${ARG_TARGET})
  set(all ${libraries} ${requires})
  if(ARG_BASE)
    get_property(of_base GLOBAL PROPERTY FUSEBOX_PKG_${ARG_BASE})
    list(REMOVE_ITEM libraries ${of_base})
    list(REMOVE_ITEM requires ${of_base})
    list(PREPEND requires "${ARG_BASE} = ${PROJECT_VERSION}")
  endif()
  set_property(GLOBAL PROPERTY FUSEBOX_PKG_${name} ${all})

  set(PC_NAME ${name})
  set(PC_DESCRIPTION "${ARG_DESCRIPTION}")
  list(JOIN requires ", " PC_REQUIRES)
  set(PC_LIBS)
  foreach(library IN LISTS libraries)
    get_target_property(type ${library} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
      string(APPEND PC_LIBS "-l${library} ")
    endif()
  endforeach()
  string(APPEND PC_LIBS "-pthread")
  set(PC_CFLAGS)
  if(BUILD_SHARED_LIBS)
    set(PC_CFLAGS " -DFUSEBOX_SHARED")
  endif()

  # Relative to the file, so that a user can move the prefix.
  set(folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}"
     OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(PC_PREFIX ${CMAKE_INSTALL_PREFIX})
    set(PC_INCLUDEDIR ${CMAKE_INSTALL_FULL_INCLUDEDIR})
    set(PC_LIBDIR ${CMAKE_INSTALL_FULL_LIBDIR})
  else()
    file(RELATIVE_PATH up /${folder} /)
    string(REGEX REPLACE "/$" "" up ${up})
    set(PC_PREFIX "\${pcfiledir}/${up}")
    set(PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
    set(PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  endif()
  set(file ${PROJECT_BINARY_DIR}/${name}.pc)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/fusebox.pc.in ${file} @ONLY)
  install(FILES ${file} DESTINATION ${folder} COMPONENT development)
endfunction()
