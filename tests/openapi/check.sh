#!/bin/sh
# Whether a validator that is not ours accepts the OpenAPI document of the server. The validator comes
# from npm, in a version that is fixed; where npm does not reach its registry the test is skipped.
# Usage: check.sh MILLRACE_BINARY
set -eu
millrace=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
deadline_s=30
for program in npm python3; do
  command -v "$program" > /dev/null || {
    echo "skipped: $program is not there"
    exit 77
  }
done

folder=$(mktemp -d)
server=
end() {
  [ -z "$server" ] || kill -KILL "$server" 2> /dev/null || true
  rm -rf "$folder"
}
trap end EXIT
trap 'exit 130' INT TERM
cd "$folder"

if ! npm install --no-audit --no-fund --silent --prefix . \
  @seriousme/openapi-schema-validator@2.11.0 > npm.log 2>&1; then
  echo 'skipped: the validator cannot be installed:'
  cat npm.log
  exit 77
fi
cp "$here/validate.mjs" .

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$millrace" migrate --runtime.data_dir "$folder/data" > migrate.log 2>&1 || {
  cat migrate.log
  exit 1
}
"$millrace" serve --runtime.data_dir "$folder/data" --http.listen "127.0.0.1:$port" > serve.log 2>&1 &
server=$!
end_at=$(($(date +%s) + deadline_s))
# Each look starts a process, which is pause enough.
until python3 -c 'import sys, urllib.request as r; open("openapi.json", "wb").write(r.urlopen(sys.argv[1], timeout=5).read())' \
  "http://127.0.0.1:$port/v1/openapi.json" 2> /dev/null; do
  if ! kill -0 "$server" 2> /dev/null || [ "$(date +%s)" -ge "$end_at" ]; then
    cat serve.log
    exit 1
  fi
done
node validate.mjs openapi.json
