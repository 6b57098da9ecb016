# What every floor shares: warnings, sanitizers, and how a floor's library is declared.

add_library(millrace_options INTERFACE)
target_include_directories(millrace_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(millrace_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Werror
  # g++ 12 warns of members that designated initializers leave at their defaults, on purpose.
  -Wno-missing-field-initializers
  # At -O3 it sees overlapping copies in std::string that are not there (GCC bug 105329).
  $<$<CONFIG:Release>:-Wno-restrict>)
# A clean Release build costs minutes on two cores; debug information is kept for Debug builds.
target_compile_definitions(millrace_options INTERFACE SPDLOG_FMT_EXTERNAL)

if(MILLRACE_SANITIZE)
  # CAF's headers bind null references (harmless there, see docs/architecture.md): no `null`.
  # SOCI hides the type information of its classes, in tests too: no `vptr`.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=all)
  target_compile_options(millrace_options INTERFACE ${sanitize} -fno-omit-frame-pointer)
  target_link_options(millrace_options INTERFACE ${sanitize})
endif()

if(MILLRACE_FUZZ)
  # clang 14 warns where g++ 12, which is the compiler here, does not.
  target_compile_options(millrace_options INTERFACE
    -fsanitize=fuzzer-no-link -Wno-error -Wno-unknown-warning-option)
endif()

if(MILLRACE_SEEDED_FAULTS)
  target_compile_definitions(millrace_options INTERFACE MILLRACE_SEEDED_FAULTS)
endif()

# millrace_floor(NAME DEPENDS ...): the library of one floor, from all sources of its folder.
function(millrace_floor name)
  cmake_parse_arguments(floor "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(millrace_${name} STATIC ${sources})
  add_library(millrace::${name} ALIAS millrace_${name})
  set_target_properties(millrace_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(millrace_${name} PUBLIC
    $<BUILD_INTERFACE:millrace_options> ${floor_DEPENDS})
  target_compile_features(millrace_${name} PUBLIC cxx_std_20)
  install(TARGETS millrace_${name} EXPORT millrace)
endfunction()
