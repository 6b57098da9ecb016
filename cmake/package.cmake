# What `cmake --install` puts where: the programs, and what `find_package(millrace)` finds.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

install(TARGETS millrace millrace-parser)

# What app/millrace.hpp needs, and that itself: the interface of programs with handlers of their own.
set(headers ${CMAKE_INSTALL_INCLUDEDIR}/millrace)
install(DIRECTORY base net pipeline DESTINATION ${headers}
  FILES_MATCHING PATTERN "*.hpp" PATTERN "*.def")
install(DIRECTORY storage/db DESTINATION ${headers}/storage FILES_MATCHING PATTERN "*.hpp")
install(FILES app/millrace.hpp DESTINATION ${headers}/app)
target_include_directories(millrace_base INTERFACE $<INSTALL_INTERFACE:${headers}>)
if(MILLRACE_SANITIZE)
  target_link_options(millrace_base INTERFACE $<INSTALL_INTERFACE:-fsanitize=address,undefined>)
endif()

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/millrace)
install(EXPORT millrace NAMESPACE millrace:: DESTINATION ${package})
install(FILES cmake/millrace-config.cmake cmake/FindCAF.cmake cmake/FindSOCI.cmake
  DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/millrace-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/millrace-config-version.cmake DESTINATION ${package})
