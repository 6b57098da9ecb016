#!/bin/sh
# Can the simulation fail? Builds millrace with faults in its own code (MILLRACE_SEEDED_FAULT in the
# sources), runs the simulation with each of them, and says which seed found it. Fails when one is
# not found within 200 seeds. What a second defence would heal is looked for without that one as
# well. Usage: mutation_check.sh [BUILD_DIR]
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build/seeded}
seeds=200

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMILLRACE_SEEDED_FAULTS=ON \
  -DMILLRACE_TOGETHER=ON \
  -DCMAKE_CXX_COMPILER_LAUNCHER=ccache > /dev/null
cmake --build "$build" --target millrace-sim > "$build/build.log" || {
  cat "$build/build.log" >&2
  exit 2
}

# Without a fault it must find nothing, or it finds anything.
"$build/millrace-sim" --seed 1 --seeds 20 > /dev/null

second_defence() {
  case $1 in
    'leases by the wall clock') echo 'times are of the machine' ;;
    'no fence') echo 'fence without the holder+a lost lease is not noticed' ;;
    'settlements in a transaction of their own') echo 'nothing is reconciled' ;;
  esac
}

missed=0
faults=$(grep -rhoE 'MILLRACE_SEEDED_FAULT\("[^"]+"\)' pipeline storage actors | cut -d'"' -f2 | sort -u)
IFS='
'
for fault in $faults; do
  # By themselves these show nothing here.
  case $fault in
    'a lost lease is not noticed' | 'fence without the holder' | 'times are of the machine') continue ;;
  esac
  other=$(second_defence "$fault")
  fault=$fault${other:++$other}
  said=$("$build/millrace-sim" --seed 1 --seeds "$seeds" --fault "$fault" 2>&1) && code=0 || code=$?
  case $code in
    0) printf '%-42s NOT FOUND within %s seeds\n' "$fault" "$seeds"; missed=1 ;;
    1) printf '%-42s %s\n' "$fault" "$(printf '%s\n' "$said" | head -1 | cut -c1-110)" ;;
    *) printf '%-42s ended with %s: %s\n' "$fault" "$code" "$(printf '%s\n' "$said" | tail -1)" ;;
  esac
done
exit "$missed"
