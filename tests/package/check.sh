#!/bin/sh
# Installs a build, builds examples/cpp and the programs of docs/cpp.md against what was installed,
# and runs jobs through them.
# Usage: check.sh SOURCE_DIR BUILD_DIR
set -eu
source=$1
build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/installed" > "$work/install.log"
cmake -S "$source/examples/cpp" -B "$work/build" -G Ninja -D CMAKE_BUILD_TYPE=Debug \
  -D CMAKE_PREFIX_PATH="$work/installed" -D CMAKE_CXX_FLAGS="-Wall -Wextra -Werror" \
  > "$work/configure.log" || { cat "$work/configure.log"; exit 1; }
cmake --build "$work/build" > "$work/build.log" || { cat "$work/build.log"; exit 1; }

export MILLRACE_RUNTIME__DATA_DIR="$work/data"
export MILLRACE_CONFIG="$source/examples/cpp/thumbnails.ini"
thumbnails=$work/build/thumbnails
"$thumbnails" submit --pipeline thumbnails --payload '{"url": "http://localhost/mill.png"}'
"$thumbnails" submit --pipeline thumbnails --payload '{}'
"$thumbnails" run --until-idle --log.level warning || true
"$thumbnails" job 1 --json | grep -q '"width": *120'
"$thumbnails" job 2 --json | grep -q NO_URL
"$thumbnails" job 1 --json | grep -q '"state": *"done"'

# block LANGUAGE N: the Nth block of that language in docs/cpp.md.
block() {
  awk -v fence='```'"$1" -v wanted="$2" '
    /^```/ && inside { inside = 0; next }
    $0 == fence { inside = 1; found++; next }
    inside && found == wanted' "$source/docs/cpp.md"
}
page=$work/page
mkdir -p "$page/first" "$page/second"
for program in first second; do
  block cmake 1 > "$page/$program/CMakeLists.txt"
  block ini 1 > "$page/$program/thumbnails.ini"
done
block cpp 1 > "$page/first/main.cpp"
# What the page shows one after the other is one program.
{
  block cpp 1 | sed '/^int main/,$d'
  block cpp 2
  block cpp 3
} > "$page/second/main.cpp"
for program in first second; do
  cmake -S "$page/$program" -B "$page/$program/build" -G Ninja -D CMAKE_BUILD_TYPE=Debug \
    -D CMAKE_PREFIX_PATH="$work/installed" > "$page/configure.log" || { cat "$page/configure.log"; exit 1; }
  cmake --build "$page/$program/build" > "$page/build.log" || { cat "$page/build.log"; exit 1; }
  (
    export MILLRACE_RUNTIME__DATA_DIR="$page/$program/data" MILLRACE_CONFIG="$page/$program/thumbnails.ini"
    "$page/$program/build/thumbnails" submit --pipeline thumbnails --payload '{"url": "..."}'
    "$page/$program/build/thumbnails" run --until-idle --log.level warning
    "$page/$program/build/thumbnails" job 1 --json | grep -q '"width": *120'
  )
done

# The installed program is whole, and knows nothing of the example's handlers.
"$work/installed/bin/millrace" run --until-idle 2>&1 | grep -q 'unknown handler'
printf '# Locks\n\nA lock lifts boats.\n' > "$work/locks.md"
unset MILLRACE_CONFIG
"$work/installed/bin/millrace" submit "$work/locks.md"
"$work/installed/bin/millrace" run --until-idle --log.level warning
"$work/installed/bin/millrace" search boats | grep -q locks.md
