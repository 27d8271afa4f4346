# Parts of interop_test.sh about time-stamp authorities and real records; sourced by it.

# Starts a server in the background that writes its port to a file; sets url. serve NAME COMMAND...
serve() {
  local name=$1 i
  shift
  rm -f "$name.port"
  "$@" --port-file "$name.port" >"$name.log" 2>&1 &
  servers+=($!)
  for i in $(seq 300); do
    [[ -s $name.port ]] && break
    sleep 0.1
  done
  [[ -s $name.port ]] || { complain "$name did not start: $(cat "$name.log")"; return 1; }
  url=http://127.0.0.1:$(cat "$name.port")/tsr
}

# Deposits, seals and exports with the TSA at $1, whose CA is $2; the package must pass by it.
through_tsa() {
  rm -rf archive case documents
  mkdir documents
  seq 1 40 | while read -r i; do echo "document $i" >"documents/$i.txt"; done
  expect 0 "$bin/perdura" init archive --tsa "$1" --tsa-ca "$2"
  expect 0 "$bin/perdura" deposit archive documents
  expect 0 "$bin/perdura" seal archive
  expect 0 "$bin/perdura" export archive --all -o case
  expect 0 "$bin/perdura-verify" case --trust "$2" --revocation if-present
  expect 2 "$bin/perdura-verify" case
  expect 0 "$bin/perdura" check archive
}

# A CA and a TSA of OpenSSL in ./openssl, whose certificate says that the server at port $1 has the
# list of revoked certificates.
make_openssl_tsa() {
  mkdir -p openssl
  cat >openssl/ca.cnf <<END
[ca]
default_ca = test
[test]
database = index.txt
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_crl_days = 3650
END
  cat >openssl/tsa.cnf <<END
[tsa]
default_tsa = test
[test]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.2
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[certificate]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
crlDistributionPoints = URI:http://127.0.0.1:$1/ca.crl
END
  (
    cd openssl
    : >index.txt
    echo 01 | tee crlnumber >serial
    openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=OpenSSL test CA' -days 3650 \
      -keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -new -newkey rsa:2048 -nodes -subj '/CN=OpenSSL test TSA' -keyout tsa.key \
      -out tsa.csr
    openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -set_serial 7 -days 3000 \
      -extfile tsa.cnf -extensions certificate -out tsa.pem
  ) >openssl.log 2>&1 || complain "openssl can't make a TSA: $(cat openssl.log)"
}

part_openssl_stamps_for_us() {
  need_java
  mkdir openssl
  serve openssl java -cp "$class_path" TsaServer openssl openssl
  make_openssl_tsa "$(cat openssl.port)"
  through_tsa "$url" openssl/ca.pem
  # The list that the certificate names was fetched and lies in the token.
  expect 0 "$bin/perdura-verify" case --trust openssl/ca.pem
}

part_bouncycastle_stamps_for_us() {
  need_java
  serve bouncycastle java -cp "$class_path" TsaServer bouncycastle bc
  through_tsa "$url" bc/ca.pem
  expect 0 "$bin/perdura-verify" case --trust bc/ca.pem
}

# BouncyCastle stamps with keys of many kinds, over SHA-2 and SHA-3; what this build can't verify is
# not taken, and named.
part_bouncycastle_stamps_with_many_kinds_of_keys() {
  need_java
  serve kinds java -cp "$class_path" KeyKindTsa serve kinds
  local base=${url%/tsr} kind oid
  echo 'a record' >document.txt
  expect 0 "$bin/perdura" init sealed
  expect 0 "$bin/perdura" deposit sealed document.txt
  expect 0 "$bin/perdura" seal sealed
  for kind in rsa-pss rsa-pss-sha3 rsa-sha3 p-521 p-384-sha3 brainpool-384 brainpool-512 ed25519 \
    ed448; do
    rm -rf archive case
    cp -a sealed archive
    expect 0 "$bin/perdura" tsa add archive --name bc --url "$base/$kind" --ca "kinds/$kind.pem"
    expect 0 "$bin/perdura" renew archive
    expect 0 "$bin/perdura" deposit archive document.txt
    expect 0 "$bin/perdura" seal archive
    expect 0 "$bin/perdura" renew archive --track bc --time-stamps
    expect 0 "$bin/perdura" renew archive --track bc --hash-tree --hash sha3-256
    expect 0 "$bin/perdura" renew archive --track bc --hash-tree --hash sha3-512 --from-digests
    expect 0 "$bin/perdura" check archive
    expect 0 "$bin/perdura" export archive --all -o case
    expect 0 "$bin/perdura-verify" case --trust "kinds/$kind.pem"
  done
  openssl ts -query -data document.txt -sha512 -cert -out question >/dev/null 2>&1
  for kind in ml-dsa=2.16.840.1.101.3.4.3.18 slh-dsa=2.16.840.1.101.3.4.3.24 \
    dilithium=1.3.6.1.4.1.2.267.7; do
    oid=${kind#*=}
    kind=${kind%=*}
    expect 2 "$bin/perdura" tsa add sealed --name bc --url "$base/$kind" --ca "kinds/$kind.pem"
    curl -sS --data-binary @question -H 'Content-Type: application/timestamp-query' \
      "$base/$kind" -o answer
    expect 2 "$bin/perdura-verify" document.txt answer --trust "kinds/$kind.pem" --verbose
    grep -q "$oid" out || complain "$kind is not called by its OID: $(cat out)"
  done
}

# Every way in which a TSA can fail us: seal says so with exit 2 and leaves the records unsealed;
# then the TSA behaves, and seal makes up for it.
seal_under() {
  mkdir documents
  seq 1 5 | while read -r i; do echo "document $i" >"documents/$i.txt"; done
  local behaviour port
  serve good "$bin/perdura-test-tsa" --dir tsa
  port=$(cat good.port)
  expect 0 "$bin/perdura" init archive --tsa "$url" --tsa-ca tsa/ca.pem
  kill "${servers[-1]}"
  wait "${servers[-1]}" 2>/dev/null || true
  expect 0 "$bin/perdura" deposit archive documents
  for behaviour in "$@"; do
    serve "$behaviour" "$bin/perdura-test-tsa" --dir tsa --port "$port" --behaviour "$behaviour"
    expect 2 "$bin/perdura" seal archive
    grep -q '^perdura: error: .' err || complain "$behaviour: seal says no error: $(cat err)"
    expect 0 "$bin/perdura" status archive --json
    grep -q '"unsealed":5[,}]' out || complain "$behaviour: records are not unsealed: $(cat out)"
    expect 0 "$bin/perdura" check archive
    kill "${servers[-1]}"
    wait "${servers[-1]}" 2>/dev/null || true
  done
  serve good "$bin/perdura-test-tsa" --dir tsa --port "$port"
  expect 0 "$bin/perdura" seal archive
  expect 0 "$bin/perdura" status archive --json
  grep -q '"unsealed":0[,}]' out || complain "records stay unsealed under a good TSA: $(cat out)"
  expect 0 "$bin/perdura" export archive --all -o case
  expect 0 "$bin/perdura-verify" case --trust tsa/ca.pem
}

part_tsa_that_lies() {
  seal_under down hang-up not-http garbage empty html server-error redirect huge truncated \
    trailing wrong-imprint wrong-nonce no-nonce no-certificate late foreign reject waiting \
    unknown-status no-token
}

# Separate, since each takes as long as the client's patience.
part_tsa_that_is_silent() { seal_under silent; }
part_tsa_that_drips() { seal_under drip; }

# BouncyCastle takes the evidence of local authorities with each kind of key, of a CA and TSA that
# came after others.
part_bouncycastle_accepts_our_key_kinds() {
  need_java
  mkdir documents
  echo 'a record' >documents/1.txt
  local kind
  for kind in p-256 p-384 rsa-3072 ed25519 ed448; do
    rm -rf archive case
    expect 0 "$bin/perdura" init archive
    expect 0 "$bin/perdura" tsa roll-over archive local --key "$kind" --new-ca
    expect 0 "$bin/perdura" tsa test archive
    expect 0 "$bin/perdura" deposit archive documents
    expect 0 "$bin/perdura" seal archive
    expect 0 "$bin/perdura" export archive --all -o case
    expect 0 "$bin/perdura-verify" case --trust archive/tsa/ca.pem
    evidence_of_case >list
    expect 0 bouncycastle validate-list --ca archive/tsa/ca.pem list
    [[ $(grep -c ': OK$' out) == $(wc -l <list) ]] || complain "$kind: not accepted: $(cat out)"
  done
}

# --- real records, there and back -----------------------------------------------------------------

part_real_records() {
  [[ -d $shared/data ]] || skip "the real public sample records are not beside the project"
  expect 0 "$bin/perdura" init archive
  expect 0 "$bin/perdura" deposit archive "$shared/data"
  expect 0 "$bin/perdura" seal archive
  expect 0 "$bin/perdura" check archive
  expect 0 "$bin/perdura" export archive --all -o case
  expect 0 "$bin/perdura" export archive --all -o case.zip
  expect 0 "$bin/perdura-verify" case --trust archive/tsa/ca.pem
  expect 0 "$bin/perdura-verify" case.zip --trust archive/tsa/ca.pem
  find "$shared/data" -type f -exec sha256sum {} + | cut -c1-64 | sort >before
  find case/data/records -path '*/documents/*' -type f -exec sha256sum {} + | cut -c1-64 |
    sort >after
  cmp before after || complain "what came back is not what went in"
  sort -u before >contents
  while read -r record; do
    "$bin/perdura" get archive "$record" | sha256sum | cut -c1-64
  done < <(ls case/data/records) | sort -u | cmp - contents || complain "get yields other octets"
  # One octet of one document: the verifier names the record.
  local victim
  victim=$(ls case/data/records | sed -n 1p)
  flip_first_octet "case/data/records/$victim/documents/001-"*
  expect 1 "$bin/perdura-verify" case --trust archive/tsa/ca.pem
  grep -q "$victim" out || complain "the record that was altered is not named: $(cat out)"
}
