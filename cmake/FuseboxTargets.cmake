# FuseboxTargets: functions that create the targets of this project.

# Compiles and links the target with the sanitizers of FUSEBOX_SANITIZE. The
# check of enums is off: gRPC's own headers load a grpc::StatusCode whose value
# is any number that the server sent.
function(fusebox_sanitize target)
  if(FUSEBOX_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${FUSEBOX_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize-recover=all -fno-sanitize=enum)
    target_link_options(${target} PUBLIC -fsanitize=${FUSEBOX_SANITIZE})
  endif()
endfunction()

# Sets the compile options of this project's targets. Targets that link them do
# not inherit the options. In a unity build, GCC takes sources for headers and warns
# of their unnamed namespaces.
function(fusebox_options target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  fusebox_sanitize(${target})
endfunction()

# Runs clang-tidy on the target's sources as they are compiled, if
# FUSEBOX_CLANG_TIDY is set. A change of .clang-tidy compiles them again.
function(fusebox_tidy target)
  if(FUSEBOX_CLANG_TIDY)
    set_target_properties(${target} PROPERTIES
      CXX_CLANG_TIDY "${FUSEBOX_CLANG_TIDY};--quiet")
    set_property(SOURCE ${ARGN} APPEND PROPERTY
      OBJECT_DEPENDS ${PROJECT_SOURCE_DIR}/.clang-tidy)
  endif()
endfunction()

# Sets what a library needs so that it can be, or be linked into, a shared one.
# An installed shared library finds the others in its own folder.
function(fusebox_linkage target)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    INSTALL_RPATH $ORIGIN
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
endfunction()

# fusebox_library(<layer> SOURCES ... DEPS ...): creates the library
# fusebox_<layer> and its alias fusebox::<layer>. It is static, or shared if
# BUILD_SHARED_LIBS is on. Outside a shared library, only the symbols are visible
# that base/internal/export.h marks.
function(fusebox_library layer)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  set(target fusebox_${layer})
  add_library(${target} ${ARG_SOURCES})
  add_library(fusebox::${layer} ALIAS ${target})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/interceptors>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS})
  fusebox_linkage(${target})
  if(BUILD_SHARED_LIBS)
    set_target_properties(${target} PROPERTIES CXX_VISIBILITY_PRESET hidden)
    target_compile_definitions(${target} PUBLIC FUSEBOX_SHARED)
    # Reports a missing FUSEBOX_EXPORT here, and not when a user links.
    target_link_options(${target} PRIVATE LINKER:-z,defs)
  endif()
  fusebox_options(${target})
  fusebox_tidy(${target} ${ARG_SOURCES})
endfunction()

# fusebox_program(<name> SOURCES ... DEPS ...): creates a program that uses the
# library as others do. ThreadSanitizer builds none, because gRPC is in it.
function(fusebox_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(FUSEBOX_SANITIZE MATCHES "thread")
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  fusebox_options(${name})
endfunction()

# fusebox_proto(<target> <file.proto> [ROOT <folder>] [MESSAGES_ONLY]): creates a
# library of the messages and, unless MESSAGES_ONLY is given, of the stubs. Paths
# of imports and of the generated headers start at ROOT, by default the project's
# root: "examples/quickstart/greeter.grpc.pb.h".
function(fusebox_proto target proto)
  cmake_parse_arguments(ARG "MESSAGES_ONLY" "ROOT" "" ${ARGN})
  get_filename_component(path ${proto} ABSOLUTE)
  get_filename_component(root "${PROJECT_SOURCE_DIR}/${ARG_ROOT}" ABSOLUTE)
  file(RELATIVE_PATH stem ${root} ${path})
  string(REGEX REPLACE "[.]proto$" "" stem ${stem})
  set(out ${PROJECT_BINARY_DIR}/generated)
  file(MAKE_DIRECTORY ${out})
  set(generated ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
  set(stubs)
  set(runtime protobuf::libprotobuf)
  if(NOT ARG_MESSAGES_ONLY)
    list(APPEND generated ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
    set(stubs --grpc_out=${out}
      --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin>)
    list(PREPEND runtime gRPC::grpc++)
  endif()
  add_custom_command(
    OUTPUT ${generated}
    COMMAND protobuf::protoc --proto_path=${root} --cpp_out=${out} ${stubs}
            ${path}
    DEPENDS ${path}
    VERBATIM)
  add_library(${target} ${generated})
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${out}>)
  target_link_libraries(${target} PUBLIC ${runtime})
  target_compile_features(${target} PUBLIC cxx_std_17)
  fusebox_linkage(${target})
  fusebox_sanitize(${target})
endfunction()

# fusebox_descriptors(<variable> <file.proto> ROOT <folder>): makes a literal with
# the descriptors of a schema, "<path below the root>.desc.inc" in the folder
# "generated", and sets the variable to its path.
function(fusebox_descriptors variable proto)
  cmake_parse_arguments(ARG "" "ROOT" "" ${ARGN})
  get_filename_component(root "${PROJECT_SOURCE_DIR}/${ARG_ROOT}" ABSOLUTE)
  file(RELATIVE_PATH stem ${root} ${proto})
  string(REGEX REPLACE "[.]proto$" "" stem ${stem})
  set(binary ${PROJECT_BINARY_DIR}/generated/${stem}.desc)
  set(script ${PROJECT_SOURCE_DIR}/cmake/FuseboxBytes.cmake)
  add_custom_command(
    OUTPUT ${binary}.inc
    COMMAND protobuf::protoc --proto_path=${root}
            --descriptor_set_out=${binary} ${proto}
    COMMAND ${CMAKE_COMMAND} -D FROM=${binary} -D TO=${binary}.inc -P ${script}
    DEPENDS ${proto} ${script}
    VERBATIM)
  set(${variable} ${binary}.inc PARENT_SCOPE)
endfunction()

# fusebox_test(<name> SOURCES ... DEPS ... [THREADS] [TOGETHER]
# [TIMEOUT <seconds>]): creates a GoogleTest binary. Each of its tests runs in a
# process of its own, which is killed after TIMEOUT (300 s by default).
# THREADS: ThreadSanitizer runs it too. The binary must not link gRPC.
# TOGETHER: the tests are many and small, and run in one process. Under
# sanitizers, where a process takes long to start and to end, all tests do.
function(fusebox_test name)
  cmake_parse_arguments(ARG "THREADS;TOGETHER" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(FUSEBOX_SANITIZE)
    set(ARG_TOGETHER ON)
    set(ARG_TIMEOUT 900)
  endif()
  if(FUSEBOX_SANITIZE MATCHES "thread" AND NOT ARG_THREADS)
    return()
  endif()
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  fusebox_options(${name})
  if(ARG_THREADS)
    set(label threads)
  else()
    set(label grpc)
    if(FUSEBOX_SANITIZE MATCHES "undefined")
      # The library is compiled with it. Compiling gRPC's headers with it would
      # take as long as everything else.
      target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
    endif()
  endif()
  if(ARG_TOGETHER)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES
      TIMEOUT ${ARG_TIMEOUT} LABELS ${label})
    return()
  endif()
  gtest_discover_tests(${name}
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${label})
endfunction()
