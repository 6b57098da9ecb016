# Writes OUTPUT, a C++ source that holds the statements and migrations under SOURCE (see
# storage/db/sql_text.hpp). Run as `cmake -D SOURCE=... -D OUTPUT=... -P embed_sql.cmake`.
#
# SOURCE/common/NAME.sql is for every dialect; SOURCE/DIALECT/NAME.sql is for one, and opens with a
# comment that says why it differs. It fails when a statement or a migration that one dialect has is
# missing in another, unless it opens with `-- DIALECT only: why`, and when a name stands in common and in a dialect. A migration says in a
# comment `-- Works with version N.`: a millrace that knows the schema up to N can use the new one.
cmake_minimum_required(VERSION 3.25)

file(GLOB dialects RELATIVE ${SOURCE} ${SOURCE}/*)
list(REMOVE_ITEM dialects common)
list(SORT dialects)
file(GLOB common_files RELATIVE ${SOURCE}/common ${SOURCE}/common/*.sql)

# Every file of `folder` of one dialect must be in the same folder of all.
function(require_equal_sets folder)
  set(everything "")
  foreach(dialect IN LISTS dialects)
    file(GLOB files_of_${dialect} RELATIVE ${SOURCE}/${dialect}${folder}
      ${SOURCE}/${dialect}${folder}/*.sql)
    list(APPEND everything ${files_of_${dialect}})
  endforeach()
  list(REMOVE_DUPLICATES everything)
  set(alone "")
  foreach(dialect IN LISTS dialects)
    foreach(file IN LISTS files_of_${dialect})
      file(READ ${SOURCE}/${dialect}${folder}/${file} opening LIMIT 40)
      if(opening MATCHES "^-- [A-Za-z]+ only: ")
        list(APPEND alone ${file})
      endif()
    endforeach()
  endforeach()
  foreach(dialect IN LISTS dialects)
    foreach(file IN LISTS everything)
      if(NOT file IN_LIST files_of_${dialect} AND NOT file IN_LIST alone)
        message(FATAL_ERROR "storage/sql: ${dialect}${folder}/${file} is missing, another dialect has it")
      endif()
    endforeach()
  endforeach()
endfunction()

require_equal_sets("")
require_equal_sets("/migrations")

# Appends one entry to `entries`. Comment lines are for readers of the file, not for the database.
function(embed dialect name path)
  file(READ ${path} text)
  string(REGEX REPLACE "(^|\n)--[^\n]*" "" text "${text}")
  string(STRIP "${text}" text)
  string(APPEND entries "    {\"${dialect}\", \"${name}\", R\"sql(${text})sql\", ${works_with}},\n")
  set(entries "${entries}" PARENT_SCOPE)
endfunction()

set(entries "")
set(works_with 0)
foreach(file IN LISTS common_files)
  cmake_path(GET file STEM name)
  embed(common ${name} ${SOURCE}/common/${file})
endforeach()
foreach(dialect IN LISTS dialects)
  file(GLOB files RELATIVE ${SOURCE}/${dialect} ${SOURCE}/${dialect}/*.sql)
  foreach(file IN LISTS files)
    if(file IN_LIST common_files)
      message(FATAL_ERROR "storage/sql: ${file} stands in common and in ${dialect}")
    endif()
    file(READ ${SOURCE}/${dialect}/${file} opening)
    if(NOT opening MATCHES "^-- ")
      message(FATAL_ERROR "storage/sql: ${dialect}/${file} does not open with why it differs")
    endif()
    cmake_path(GET file STEM name)
    embed(${dialect} ${name} ${SOURCE}/${dialect}/${file})
  endforeach()
endforeach()
set(statements "${entries}")

set(entries "")
foreach(dialect IN LISTS dialects)
  file(GLOB files RELATIVE ${SOURCE}/${dialect}/migrations ${SOURCE}/${dialect}/migrations/*.sql)
  list(SORT files)
  foreach(file IN LISTS files)
    file(READ ${SOURCE}/${dialect}/migrations/${file} text)
    if(NOT text MATCHES "-- Works with version ([0-9]+)\\.")
      message(FATAL_ERROR "storage/sql: ${dialect}/migrations/${file} does not say which version it works with")
    endif()
    set(works_with ${CMAKE_MATCH_1})
    cmake_path(GET file STEM name)
    embed(${dialect} ${name} ${SOURCE}/${dialect}/migrations/${file})
  endforeach()
endforeach()

file(WRITE ${OUTPUT} "// Made by cmake/embed_sql.cmake from storage/sql.
#include \"storage/db/sql_text.hpp\"

namespace millrace::storage {
namespace {

constexpr sql_text statements[] = {
${statements}};

constexpr sql_text migrations[] = {
${entries}};

}  // namespace

std::span<const sql_text> embedded_statements() { return statements; }
std::span<const sql_text> embedded_migrations() { return migrations; }

}  // namespace millrace::storage
")
