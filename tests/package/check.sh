#!/bin/sh
# Installs a build, builds examples/cpp against what was installed, and runs a job through it.
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
# The installed program is whole, and knows nothing of the example's handlers.
"$work/installed/bin/millrace" run --until-idle 2>&1 | grep -q 'unknown handler'
printf '# Locks\n\nA lock lifts boats.\n' > "$work/locks.md"
unset MILLRACE_CONFIG
"$work/installed/bin/millrace" submit "$work/locks.md"
"$work/installed/bin/millrace" run --until-idle --log.level warning
"$work/installed/bin/millrace" search boats | grep -q locks.md
