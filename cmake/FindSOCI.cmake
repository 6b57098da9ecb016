# Finds SOCI, whose Debian package ships neither a CMake config nor a .pc file.
# Defines the targets SOCI::core, SOCI::sqlite3 and SOCI::postgresql.

find_path(SOCI_INCLUDE_DIR soci/soci.h)
set(required SOCI_INCLUDE_DIR)
foreach(component core sqlite3 postgresql)
  find_library(SOCI_${component}_LIBRARY soci_${component})
  list(APPEND required SOCI_${component}_LIBRARY)
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SOCI REQUIRED_VARS ${required})

if(SOCI_FOUND)
  foreach(component core sqlite3 postgresql)
    if(NOT TARGET SOCI::${component})
      add_library(SOCI::${component} UNKNOWN IMPORTED)
      set_target_properties(SOCI::${component} PROPERTIES
        IMPORTED_LOCATION ${SOCI_${component}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR})
    endif()
  endforeach()
  set_property(TARGET SOCI::sqlite3 PROPERTY INTERFACE_LINK_LIBRARIES SOCI::core)
  set_property(TARGET SOCI::postgresql PROPERTY INTERFACE_LINK_LIBRARIES SOCI::core)
endif()
mark_as_advanced(SOCI_INCLUDE_DIR SOCI_core_LIBRARY SOCI_sqlite3_LIBRARY)
