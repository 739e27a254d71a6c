# fusebox-config: the file that find_package(fusebox) reads. It defines
# fusebox::fusebox, which most clients link, fusebox::admin, fusebox::testing and
# one target for each folder of the library. It defines fusebox::prometheus only
# if prometheus-cpp was found when Fusebox was built and is found now.
#
# A component is the name of a target: find_package(fusebox COMPONENTS admin).

set(fusebox_NOT_FOUND_MESSAGE)
include(${CMAKE_CURRENT_LIST_DIR}/FuseboxDependencies.cmake)
if(FUSEBOX_MISSING)
  set(fusebox_FOUND FALSE)
  list(JOIN FUSEBOX_MISSING ", " fusebox_NOT_FOUND_MESSAGE)
  string(PREPEND fusebox_NOT_FOUND_MESSAGE "Fusebox needs what was not found: ")
  return()
endif()

include(${CMAKE_CURRENT_LIST_DIR}/fusebox-targets.cmake)
if(TARGET prometheus-cpp::core)
  include(${CMAKE_CURRENT_LIST_DIR}/fusebox-prometheus-targets.cmake OPTIONAL)
endif()

foreach(fusebox_component IN LISTS fusebox_FIND_COMPONENTS)
  if(TARGET fusebox::${fusebox_component})
    set(fusebox_${fusebox_component}_FOUND TRUE)
  else()
    set(fusebox_${fusebox_component}_FOUND FALSE)
    if(fusebox_FIND_REQUIRED_${fusebox_component})
      set(fusebox_FOUND FALSE)
      string(APPEND fusebox_NOT_FOUND_MESSAGE
        "There is no target fusebox::${fusebox_component}. ")
    endif()
  endif()
endforeach()
