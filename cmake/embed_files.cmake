# Writes OUTPUT, a C++ source that holds the files of the console under SOURCE (see
# app/api/console_files.hpp). Run as `cmake -D SOURCE=... -D OUTPUT=... -P embed_files.cmake`.
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE files RELATIVE ${SOURCE} ${SOURCE}/*.html ${SOURCE}/*.css ${SOURCE}/*.js ${SOURCE}/*.svg)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  file(READ ${SOURCE}/${file} text)
  file(SHA256 ${SOURCE}/${file} digest)
  string(SUBSTRING ${digest} 0 16 digest)
  string(APPEND entries "    {\"${file}\", \"\\\"${digest}\\\"\", R\"console(${text})console\"},\n")
endforeach()

file(WRITE ${OUTPUT} "// Made by cmake/embed_files.cmake from app/console.
#include \"app/api/console_files.hpp\"

namespace millrace::app::api {
namespace {

constexpr console_file console_list[] = {
${entries}};

}  // namespace

std::span<const console_file> console_files() { return console_list; }

}  // namespace millrace::app::api
")
