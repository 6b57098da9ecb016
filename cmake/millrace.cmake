# What every floor shares: warnings, sanitizers, and how a floor's library is declared.

add_library(millrace_options INTERFACE)
target_include_directories(millrace_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(millrace_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wnon-virtual-dtor -Werror
  # Of sources that are compiled together the names of one are no concern of the others.
  $<IF:$<BOOL:${MILLRACE_TOGETHER}>,-Wshadow=local,-Wshadow>
  # g++ 12 warns of members that designated initializers leave at their defaults, on purpose.
  -Wno-missing-field-initializers
  # At -O3 it sees overlapping copies in std::string that are not there (GCC bug 105329).
  $<$<CONFIG:Release>:-Wno-restrict>)
# A clean Release build costs minutes on two cores; debug information is kept for Debug builds.
target_compile_definitions(millrace_options INTERFACE SPDLOG_FMT_EXTERNAL)

# Two dozen programs are linked, with sanitizers of a hundred megabytes each; ld takes minutes for them.
include(CheckLinkerFlag)
check_linker_flag(CXX -fuse-ld=mold MILLRACE_HAS_MOLD)
if(MILLRACE_HAS_MOLD)
  target_link_options(millrace_options INTERFACE -fuse-ld=mold)
endif()

if(MILLRACE_SANITIZE)
  # CAF's headers bind null references (harmless there, see docs/architecture.md): no `null`.
  # SOCI hides the type information of its classes, in tests too: no `vptr`.
  set(sanitize -fsanitize=address,undefined -fno-sanitize=null,vptr -fno-sanitize-recover=all)
  # The lines of a report need no more than -g1; the preset dev has all that a debugger wants. With
  # -Og an object is half as large as with -O0 and is made in the same time.
  target_compile_options(millrace_options INTERFACE
    ${sanitize} -fno-omit-frame-pointer -g1 -Og -Wno-maybe-uninitialized)
  # Half of what such a program took to start was relocation, and tests start thousands.
  target_link_options(millrace_options INTERFACE ${sanitize} -no-pie)
endif()

if(MILLRACE_FUZZ)
  # clang 14 warns where g++ 12, which is the compiler here, does not.
  target_compile_options(millrace_options INTERFACE
    -fsanitize=fuzzer-no-link -Wno-error -Wno-unknown-warning-option)
endif()

# millrace_seeded_faults(SOURCE...): those of them that have seeded faults get them, where the build
# wants any; the objects of all others are those of every build (ccache).
function(millrace_seeded_faults)
  if(NOT MILLRACE_SEEDED_FAULTS)
    return()
  endif()
  foreach(source ${ARGN})
    file(STRINGS ${source} found REGEX "include .*seeded_fault\\.hpp" LIMIT_COUNT 1)
    if(found)
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS MILLRACE_SEEDED_FAULTS)
    endif()
  endforeach()
endfunction()

# millrace_floor(NAME DEPENDS ...): the library of one floor, from all sources of its folder.
function(millrace_floor name)
  cmake_parse_arguments(floor "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.hpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  millrace_seeded_faults(${sources})
  add_library(millrace_${name} STATIC ${sources})
  add_library(millrace::${name} ALIAS millrace_${name})
  set_target_properties(millrace_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(millrace_${name} PUBLIC
    $<BUILD_INTERFACE:millrace_options> ${floor_DEPENDS})
  target_compile_features(millrace_${name} PUBLIC cxx_std_20)
  install(TARGETS millrace_${name} EXPORT millrace)
endfunction()

# millrace_embed(TARGET OUTPUT SCRIPT FOLDER FILE...): the source OUTPUT of that library, which the
# script makes of the files of the folder.
function(millrace_embed target output script folder)
  # The names are part of the command, which runs again when a file has gone or has another name.
  string(MD5 names "${ARGN}")
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D SOURCE=${folder} -D OUTPUT=${output} -D FILES=${names} -P ${script}
    DEPENDS ${ARGN} ${script}
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

# millrace_together(TARGET): its sources are compiled by two dozens. Most of what a compiler reads
# and makes is that of headers, those of CAF first of all: by eights it takes half as long again. But
# names in unnamed namespaces are shared by the floor, and an include that is missing is not seen
# (the presets dev and tidy compile each source alone).
function(millrace_together target)
  if(NOT MILLRACE_TOGETHER)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  get_target_property(sources ${target} SOURCES)
  list(FILTER sources INCLUDE REGEX "/main\\.cpp$")
  set_source_files_properties(${sources} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# millrace_folders(SOURCE): tells that source where the project and this build are. One source
# only, for objects that name a folder are no use to another clone (ccache).
function(millrace_folders source)
  set_source_files_properties(${source} PROPERTIES COMPILE_DEFINITIONS
    "MILLRACE_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";MILLRACE_BINARY_DIR=\"${CMAKE_BINARY_DIR}\"")
endfunction()
