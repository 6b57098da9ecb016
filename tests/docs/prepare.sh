# shellcheck shell=sh
# How the commands of a page are run, and what the page expects to be there. Read by the script of run_page.py.

runtime=
trap '[ -z "$runtime" ] || kill -KILL "$runtime"' EXIT
trap 'exit 143' TERM
ended() {
  [ "$1" -eq 0 ] || {
    printf 'ended with %s\n' "$1"
    exit 1
  }
}
# start PROGRAM run [OPTION...]: what stays in the foreground runs in the background until the page ends, or
# until another one is started: the page has told the first to end. The next command comes when it can attach.
start() {
  [ -z "$runtime" ] || stopped
  "$@" &
  runtime=$!
  program=$1
  shift 2
  until "$program" inspect status "$@" > /dev/null 2>&1; do
    kill -0 "$runtime" 2> /dev/null || stopped
  done
}
stopped() {
  wait "$runtime"
  set -- $?
  runtime=
  ended "$1"
}
end_page() {
  [ -z "$runtime" ] || {
    kill -TERM "$runtime"
    stopped
  }
  set -e
  after_page
}
after_page() { :; }

papers() {
  mkdir ~/papers
  for number in $(seq 17); do
    printf '# Mill %s\n\nThe poller stops water wheel %s.\n' "$number" "$number" > ~/papers/"$number.md"
  done
}
# sql N DATABASE ROLE: runs the Nth block of SQL of the page.
sql() { psql -qX -v ON_ERROR_STOP=1 -U "$3" -f "$PARTS/sql-$1" "$2"; }

set -e
# Pages are tested at once: one has the port, and two more have others.
case $PAGE in
  docs/http.md) ;;
  README.md) export MILLRACE_HTTP__LISTEN=127.0.0.1:7118 ;;
  docs/console.md) export MILLRACE_HTTP__LISTEN=127.0.0.1:7119 ;;
  *) export MILLRACE_HTTP__LISTEN=off ;;
esac
case $PAGE in
  README.md) papers ;;
  docs/configuration.md) cp "$PARTS/ini-1" nightly.ini ;;
  docs/limits.md) cp "$PARTS/ini-3" nightly.ini ;;
  docs/http.md | docs/console.md) cp "$PARTS/ini-1" nightly.ini ;;
  docs/inspector.md)
    printf '%s\n' '[runtime]' 'worker_threads = 2' 'shutdown_grace = 1s' \
      '[pipeline.reports]' 'stages = fetch, render, publish' '[stage.reports.fetch]' 'handler = sleep:50ms' \
      '[stage.reports.render]' 'handler = sleep:1h' 'timeout = 2h' '[stage.reports.publish]' 'handler = noop' \
      > mill.ini
    for number in $(seq 12); do
      printf '{"payload": %s}\n' "$number"
    done | millrace submit --config mill.ini --pipeline reports --batch -
    start millrace run --config mill.ini
    until millrace inspect jobs --stage render --state working | grep -q '^1[[:space:]]'; do :; done
    ;;
  docs/operations.md)
    printf '[pipeline.words]\nstages = counted\n[stage.words.counted]\nhandler = noop\n' > old.ini
    millrace submit --config old.ini --pipeline words
    sed s/counted/tallied/ old.ini > new.ini
    export MILLRACE_CONFIG=new.ini
    ;;
  docs/postgresql.md)
    port=${TEST_POSTGRES_URL##*:}
    export PGHOST=127.0.0.1 PGPORT="${port%%/*}"
    psql -qX -U millrace -c 'drop database millrace' postgres
    sql 1 postgres millrace
    sql 2 millrace millrace_owner
    after_page() {
      psql -qX -U millrace -c 'create role reader' postgres
      for block in 3 4 5 6; do sql "$block" millrace millrace_owner; done
      sql 7 postgres millrace
      PGOPTIONS='-c search_path=jobs' sql 8 millrace millrace_owner
    }
    ;;
  docs/search.md)
    papers
    millrace submit ~/papers
    millrace run --until-idle
    ;;
  docs/services.md) export PARSER_WEBHOOK_SECRET=secret ;;
  docs/submitting.md)
    papers
    printf '[pipeline.nightly]\nstages = fetch\n[stage.nightly.fetch]\nhandler = noop\n' > nightly.ini
    cp "$PARTS/json-1" jobs.jsonl
    ;;
esac
set +e
