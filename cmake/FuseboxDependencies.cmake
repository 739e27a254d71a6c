# FuseboxDependencies: finds the libraries that users of Fusebox link as well.
# The build includes this file, and so does the installed package.
#
# If the project around Fusebox has the targets of a library already, for example
# because it builds gRPC itself, Fusebox uses them. Sets FUSEBOX_MISSING to what
# is needed and was not found. Sets no other variable of its own, because the
# user's project reads this file too.

# fusebox_find(<target> <package> [<option>...]): calls find_package() unless the
# target exists.
macro(fusebox_find target package)
  if(NOT TARGET ${target})
    find_package(${package} QUIET ${ARGN})
  endif()
endmacro()

# fusebox_need(<what> <target>...): adds `what` to FUSEBOX_MISSING unless there
# are all of the targets.
macro(fusebox_need what)
  foreach(fusebox_target IN ITEMS ${ARGN})
    if(NOT TARGET ${fusebox_target})
      list(APPEND FUSEBOX_MISSING "${what}")
      break()
    endif()
  endforeach()
endmacro()

# fusebox_name_grpc(): gives gRPC's targets their namespace. They have none where
# another project builds gRPC.
function(fusebox_name_grpc)
  foreach(target IN ITEMS grpc++ grpc_cpp_plugin)
    if(TARGET ${target} AND NOT TARGET gRPC::${target})
      get_target_property(type ${target} TYPE)
      if(type STREQUAL "EXECUTABLE")
        add_executable(gRPC::${target} ALIAS ${target})
      else()
        add_library(gRPC::${target} ALIAS ${target})
      endif()
    endif()
  endforeach()
endfunction()

set(FUSEBOX_MISSING)
fusebox_find(Threads::Threads Threads)
fusebox_find(absl::status absl CONFIG)
# A new Protobuf brings a CMake package of its own. For Debian's, CMake has a
# module.
fusebox_find(protobuf::libprotobuf Protobuf CONFIG)
fusebox_find(protobuf::libprotobuf Protobuf MODULE)
# FetchContent may build gRPC when it is searched for.
fusebox_name_grpc()
fusebox_find(gRPC::grpc++ gRPC CONFIG)
fusebox_name_grpc()
fusebox_need("a thread library" Threads::Threads)
fusebox_need("Abseil" absl::status absl::statusor absl::strings)
fusebox_need("Protobuf" protobuf::libprotobuf)
fusebox_need("gRPC 1.51 or newer" gRPC::grpc++)
if(gRPC_VERSION AND gRPC_VERSION VERSION_LESS 1.51)
  list(APPEND FUSEBOX_MISSING
    "gRPC 1.51 or newer (found ${gRPC_VERSION} in ${gRPC_DIR})")
endif()
# Without it there is no fusebox::prometheus.
fusebox_find(prometheus-cpp::core prometheus-cpp CONFIG)
