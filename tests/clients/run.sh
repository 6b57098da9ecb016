#!/bin/sh
# Runs the suite of both clients, each against a runtime of its own in a temporary directory.
# Usage: run.sh MILLRACE_BINARY [python|js [WORD]]
set -eu
millrace=$(realpath "$1")
languages=${2:-python js}
word=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
source=$(cd "$here/../.." && pwd)
export PYTHONPATH="$source/clients/python" PYTHONDONTWRITEBYTECODE=1
deadline_s=30

folder=$(mktemp -d)
processes=
end_all() {
  for process in $processes; do
    kill -KILL "$process" 2> /dev/null || true
    wait "$process" 2> /dev/null || true
  done
  processes=
}
trap 'end_all; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

write_config() {
  cat > "$1" << END
[pipeline.plain]
stages = first, second
[stage.plain.first]
handler = noop
[stage.plain.second]
handler = noop

[pipeline.counted]
stages = only
[stage.counted.only]
handler = noop

[pipeline.movable]
stages = first, second
[stage.movable.first]
handler = noop
[stage.movable.second]
handler = noop

[pipeline.bad]
stages = only
[stage.bad.only]
handler = fail:NO_GOOD

[pipeline.small]
stages = only
queue_limit = 2
[stage.small.only]
handler = noop

[pipeline.handled]
stages = worked
[stage.handled.worked]
handler = "exec:python3 '$here/handled.py'"
environment = PYTHONPATH
concurrency = 1
max_attempts = 2
backoff_base = 10ms

[pipeline.split]
stages = parts, joined
[stage.split.parts]
handler = "exec:python3 '$here/handled.py'"
environment = PYTHONPATH
concurrency = 1
[stage.split.joined]
handler = "exec:python3 '$here/handled.py'"
environment = PYTHONPATH
concurrency = 1
join = all

[schedule.nightly]
cron = 0 3 * * * UTC
pipeline = plain
payload = {"all": true}

[tenant.acme]
weight = 2

[ingest]
allowed_paths = $source/examples/documents
END
}

# wait_for FILE: until something stands in it.
wait_for() {
  end=$(($(date +%s) + deadline_s))
  until [ -s "$1" ]; do
    [ "$(date +%s)" -lt "$end" ] || return 1
  done
}

# Each look starts a process, which is pause enough.
wait_until_ready() {
  end=$(($(date +%s) + deadline_s))
  until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5)' "$1/readyz" 2> /dev/null; do
    if ! kill -0 "$2" 2> /dev/null || [ "$(date +%s)" -ge "$end" ]; then
      echo "millrace does not answer at $1/readyz:" >&2
      cat "$3" >&2
      return 1
    fi
  done
}

# start COMMAND FOLDER: a server on $port, whose process is $server.
start() {
  port=$(free_port)
  "$millrace" "$1" --config "$2/suite.ini" --runtime.data_dir "$2/data" --http.listen "127.0.0.1:$port" \
    > "$2/$1.log" 2>&1 &
  server=$!
  processes="$processes $server"
  wait_until_ready "http://127.0.0.1:$port" "$server" "$2/$1.log"
}

run_suite() {
  at=$folder/$1
  mkdir "$at"
  write_config "$at/suite.ini"
  start run "$at" || return 1
  python3 "$here/faults.py" "$port" > "$at/faults" &
  processes="$processes $!"
  wait_for "$at/faults"
  cat > "$at/suite.json" << END
{"urls": $(sed 's/}$//' "$at/faults"), "server": "http://127.0.0.1:$port"},
 "data_dir": "$at/data", "env": {"document": "$source/examples/documents/handbook.md"}}
END
  case $1 in
    python) python3 "$here/run_python.py" "$at/suite.json" "$word" ;;
    js) node "$here/run_js.mjs" "$at/suite.json" "$word" ;;
  esac || {
    tail -n 40 "$at/run.log" >&2
    return 1
  }
  # The last case has told the runtime to stop.
  [ -n "$word" ] || wait "$server" || {
    echo "millrace ended with $?" >&2
    return 1
  }
  end_all
}

# The example, on the document that the suite has ingested, while no runtime runs.
run_example() {
  at=$folder/python
  start serve "$at" || return 1
  answer=$(MILLRACE_URL=http://127.0.0.1:$port MILLRACE_RUNTIME__DATA_DIR=$at/data \
    python3 "$source/examples/rag/answer.py" how do I stop the water wheel)
  end_all
  case $answer in
    *'close the sluice gate slowly'*'[1] handbook.md, '*', bytes '*) echo 'example: ok: rag/answer.py' ;;
    *)
      printf 'example: failed: rag/answer.py says\n%s\n' "$answer" >&2
      return 1
      ;;
  esac
}

for language in $languages; do
  program=$(echo "$language" | sed 's/python/python3/; s/js/node/')
  command -v "$program" > /dev/null || {
    echo "skipped: $program is not there"
    exit 77
  }
done
for language in $languages; do
  run_suite "$language" || exit 1
  [ "$language$word" != python ] || run_example || exit 1
done
