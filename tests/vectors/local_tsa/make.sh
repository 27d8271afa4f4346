#!/bin/sh
# Makes this folder's token afresh, with a new authority and the time of making:
#   sh make.sh BUILD/bin/perdura-test-tsa
set -eu
server=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf 'a record' > "$here/document.txt"
"$server" --dir "$work/tsa" --port-file "$work/port" --seconds 10 > "$work/log" &
while [ ! -e "$work/port" ]; do sleep 0.1; done
openssl ts -query -data "$here/document.txt" -sha256 -cert -no_nonce -out "$work/question"
curl -sS --data-binary "@$work/question" -o "$work/answer" "http://127.0.0.1:$(cat "$work/port")/"
openssl ts -reply -in "$work/answer" -token_out -out "$here/token.der"
cp "$work/tsa/ca.pem" "$here/ca.pem"
wait
