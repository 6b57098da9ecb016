#!/bin/sh
# The rules of the house that a compiler does not know. Prints what breaks one, with what to do
# instead, and fails. Usage: check.sh SOURCE_DIR
set -u
cd "$1" || exit 2
broken=0

say() {
  printf '%s\n' "$1" >&2
  broken=1
}

# files ROOT...: the sources below the folders.
files() { find "$@" -type f \( -name '*.cpp' -o -name '*.hpp' \) | sort; }

floors='base net pipeline storage actors ingest app'

# 1. Includes never climb: base < net < pipeline < storage < actors < ingest < app.
above=" $floors"
for floor in $floors; do
  above=${above#" $floor"}
  for upper in $above; do
    for hit in $(files "$floor" | xargs grep -ln "#include \"$upper/"); do
      say "$hit includes \"$upper/...\", a floor above $floor/: move what it needs down"
    done
  done
done
for hit in $(files $floors benchmarks tests | xargs grep -ln '#include "\.\./'); do
  say "$hit includes a relative path: write includes from the root"
done

# 2. One idea a file.
for file in $(files $floors benchmarks tests) scripts/* storage/sql/*/*; do
  [ -f "$file" ] || continue
  lines=$(wc -l < "$file")
  [ "$lines" -le 400 ] || say "$file has $lines lines, 400 are allowed: it is two files"
done
# A header and its source count once.
for full in $(files $floors benchmarks tests | sed 's/\.[^.\/]*$//' | sort -u \
  | sed 's,/[^/]*$,,' | sort | uniq -c | awk '$1 > 25 { print $2 }'); do
  say "$full has more than 25 files: it is two folders"
done

# 3. Time is data: SQL gets :now, C++ gets a clock. (A client that submits with SQL has no other
#    clock.)
for hit in $(grep -rliE "\b(now|strftime|unixepoch|clock_timestamp|datetime|julianday) *\(|current_(timestamp|time|date)|'now'" storage/sql \
  | grep -vE '^storage/sql/postgres/(migrations/(0002_submit_with_sql|0005_submissions|0009_values_as_they_came|0016_traces_and_keys)|server_time).sql$'); do
  say "$hit asks the database for the time: bind :now"
done
for hit in $(files base net pipeline storage actors ingest | xargs grep -l 'system_clock::now()' \
  | grep -vE '^base/(time.hpp|log.cpp)$'); do
  say "$hit reads the wall clock: take a pipeline::clock"
done

# 4. Tests wait for conditions.
for hit in $(files tests | xargs grep -lE '\b(sleep_for|sleep_until|usleep|nanosleep)\b|[^a-z_:"]sleep\([0-9]'); do
  say "$hit sleeps: wait for the condition with a deadline, or use virtual time"
done

# 5. Only one header knows CAF's version.
for hit in $(files base net pipeline storage ingest app | xargs grep -ln '#include <caf/'); do
  say "$hit includes CAF: only actors/ may"
done

# 6. Nothing is left open without an owner.
for hit in $(files $floors benchmarks tests | xargs grep -lwE 'TODO|FIXME|XXX'); do
  say "$hit has an open end (TODO, FIXME): finish it, or file an issue"
done

# 7. Text by other hands reaches a terminal through one place, which escapes it.
for hit in $(files app | grep -vE '^app/(terminal|screen)/' \
  | xargs grep -lE '\b(fputs|fprintf|fwrite|puts|putchar|printf)\(|std::(cout|cerr)|fmt::print\b'); do
  say "$hit writes to the terminal by itself: use print() or complain() of app/terminal"
done

# 8. The tables of failures name tests that there are. (What stands before the colon may come from
# CMake.)
named=$(grep '^| ' docs/guarantees.md | grep -oE '"[^"]+"' | tr -d '"' | sed 's/^.*: //')
IFS='
'
for name in $named; do
  grep -rqF --include='*.cpp' --include=CMakeLists.txt -- "$name" tests \
    || say "docs/guarantees.md names a test \"$name\" that is not there: name the one that shows it"
done
unset IFS

[ "$broken" -eq 0 ] && printf 'the house is in order\n'
exit "$broken"
