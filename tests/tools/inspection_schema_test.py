#!/usr/bin/env python3
"""What perdura-verify inspect --json prints is what formats/inspection.schema.json says, of every kind of file.

    inspection_schema_test.py SOURCE-FOLDER BIN-FOLDER
"""

import base64
import copy
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import jsonschema

source, programs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
vectors = source / "tests" / "vectors"


def der(tag, *contents):
    octets = b"".join(contents)
    size = len(octets)
    length = bytes([size]) if size < 128 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (length if size < 128 else bytes([0x80 | len(length)]) + length) + octets


def oid(hexadecimal):
    return der(6, bytes.fromhex(hexadecimal))


DATA, SIGNED = oid("2A864886F70D010701"), oid("2A864886F70D010702")
STAMPED_DATA = oid("2A864886F70D010910011F")
INTERNAL, EXTERNAL = oid("2A864886F70D0109100231"), oid("2A864886F70D0109100232")
SHA256 = der(0x30, oid("608648016503040201"))
token = (vectors / "local_tsa" / "token.der").read_bytes()
record = (vectors / "other_makers" / "passed_leaf_of_three.ers").read_bytes()


def with_time(octets, old, new):
    """The same DER with another GeneralizedTime."""
    out = b""
    while octets:
        head = 2 + (octets[1] & 127 if octets[1] > 127 else 0)
        size = int.from_bytes(octets[2:head], "big") if head > 2 else octets[1]
        tag, contents, octets = octets[0], octets[head:head + size], octets[head + size:]
        if tag & 0x20 or (tag == 4 and contents[:1] == b"\x30"):
            contents = with_time(contents, old, new)
        out += der(tag, new if (tag, contents) == (0x18, old) else contents)
    return out


def signed_data(*attributes):
    signer = der(0x30, der(2, b"\1"), der(0x30, der(0x30), der(2, b"\1")), SHA256, SHA256, der(4, b"x"),
                 der(0xA1, *(der(0x30, kind, der(0x31, value)) for kind, value in attributes)))
    return der(0x30, SIGNED, der(0xA0, der(0x30, der(2, b"\1"), der(0x31, SHA256),
                                           der(0x30, DATA, der(0xA0, der(4, b"data"))), der(0x31, signer))))


def stamped_data(evidence):
    return der(0x30, STAMPED_DATA, der(0xA0, der(0x30, der(2, b"\1"), der(4, b"data"), evidence)))


def xml_record():
    stamp = ("<ArchiveTimeStamp Order='1'><TimeStamp><TimeStampToken Type='RFC3161'>" +
             base64.b64encode(token).decode() + "</TimeStampToken><CryptographicInformationList>"
             "<CryptographicInformation Order='1' Type='CERT'>AAAA</CryptographicInformation>"
             "</CryptographicInformationList></TimeStamp></ArchiveTimeStamp>")
    return ("<EvidenceRecord xmlns='urn:ietf:params:xml:ns:ers' Version='1.0'><ArchiveTimeStampSequence>"
            "<ArchiveTimeStampChain Order='1'><DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>"
            "<CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>" + stamp +
            "</ArchiveTimeStampChain></ArchiveTimeStampSequence></EvidenceRecord>")


def every_field():
    """All that RFC 4998 lets a record hold, with a long list and a token that can't be read."""
    attribute = der(0x30, oid("2A0304"), der(0x31, der(5)))
    hashes = der(0x30, *(der(4, bytes([i]) * 32) for i in range(20)))
    stamp = der(0x30, der(0xA0, SHA256[2:]), der(0xA1, attribute), der(0xA2, hashes), der(0x30))
    return der(0x30, der(2, b"\1"), der(0x30, SHA256), der(0xA0, attribute),
               der(0xA1, oid("2A0305"), der(5)), der(0x30, der(0x30, stamp)))


def container(path, kind, files):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.etsi.asic-" + kind)
        for name, octets in files.items():
            archive.writestr(name, octets)


def perdura(*arguments):
    subprocess.run([programs / "perdura", *arguments], check=True, capture_output=True)


def make_files(folder):
    """Files by the kind of inspection that they must yield."""
    def written(name, octets):
        (folder / name).write_bytes(octets)
        return folder / name

    perdura("init", folder / "archive")
    (folder / "documents").mkdir()
    for i in range(10):
        (folder / "documents" / f"{i}.txt").write_text(f"document {i}")
    perdura("deposit", folder / "archive", folder / "documents")
    perdura("seal", folder / "archive")
    perdura("export", folder / "archive", "--all", "-o", folder / "case.zip")
    perdura("export", folder / "archive", "--all", "-o", folder / "spoilt")
    perdura("export", folder / "archive", "--all", "--format", "asice", "-o", folder / "containers")
    (folder / "spoilt/data/package.json").write_text("{}")
    for path in list((folder / "spoilt").glob("data/records/*/*.ers"))[:5]:
        path.write_bytes(b"no evidence record")
    container(folder / "simple.asics", "s+zip", {"document": "x", "META-INF/timestamp.tst": token})
    container(folder / "odd.asice", "e+zip", {
        "document": "x", "META-INF/ASiCEvidenceRecordManifest1.xml": "<no/>", "META-INF/evidencerecord1.ers": record,
        "META-INF/evidencerecord2.ers": b"none", "META-INF/signature.p7s": b"",
        **{f"META-INF/timestamp{i}.tst": token for i in range(9)}})
    crl = subprocess.run(["openssl", "pkcs7", "-inform", "DER", "-print_certs"], input=token, capture_output=True,
                         check=True).stdout
    lists = crl[crl.index(b"-----BEGIN X509 CRL"):] if b"BEGIN X509 CRL" in crl else None
    return {
        "evidenceRecord": [*vectors.glob("*/passed_*.ers"), written("every.ers", every_field())],
        "xmlEvidenceRecord": [written("record.xml", xml_record().encode())],
        "cms": [written("signed.p7s", signed_data((INTERNAL, record), (EXTERNAL, record))),
                written("none.p7s", signed_data())],
        "timeStampedData": [written("tokens.tsd", stamped_data(der(0xA0, der(0x30, token)))),
                            written("record.tsd", stamped_data(der(0xA1, record)))],
        "timeStamp": [vectors / "local_tsa/token.der",
                      written("fraction.tst", with_time(token, b"20261123214247Z", b"20261123214247.50Z")),
                      written("granted.tsr", der(0x30, der(0x30, der(2, b"\0")), token))],
        "responseStatus": [written("refused.tsr", der(0x30, der(0x30, der(2, b"\2"))))],
        "certificates": [vectors / "local_tsa/ca.pem", *vectors.glob("other_makers/*.pem")],
        "revocationLists": [written("lists.pem", lists)] if lists else [],
        "documents": [*(folder / "containers").iterdir(), folder / "simple.asics", folder / "odd.asice"],
        "package": [*vectors.glob("package/*.zip"), folder / "case.zip", folder / "spoilt"],
    }


def inspected(path, *options):
    run = subprocess.run([programs / "perdura-verify", "inspect", path, "--json", *options], capture_output=True)
    assert run.returncode == 0, (path, run.stderr)
    return json.loads(run.stdout)


def described(schema):
    """Every member that the schema describes, with where."""
    for name, definition in schema["$defs"].items():
        for part in [definition, *definition.get("anyOf", []), *definition.get("allOf", [])]:
            for member in part.get("properties", {}):
                yield member


def members(value):
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from members(one)
    elif isinstance(value, list):
        for one in value:
            yield from members(one)


def spoilt(value):
    """The same with one thing wrong, for each kind of thing."""
    for name, change in {"perdura": "inspection/2", "more": 1, "note": ""}.items():
        yield {**value, name: change}
    for name in value:
        less = copy.deepcopy(value)
        del less[name]
        yield less


def main():
    schema = json.loads((source / "verifier/formats/inspection.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    wrong, seen = 0, set()
    work = pathlib.Path(tempfile.mkdtemp())
    try:
        for kind, paths in make_files(work).items():
            assert paths, kind
            for path in paths:
                for options in ([], ["--full"]):
                    shown = inspected(path, *options)
                    assert kind in shown, (kind, path, shown.keys())
                    seen.update(members(shown))
                    for error in validator.iter_errors(shown):
                        print(f"{path}: {error.json_path}: {error.message[:300]}", file=sys.stderr)
                        wrong += 1
                # A schema that takes anything would prove nothing.
                for broken in spoilt(shown):
                    if "timeStamp" in shown and "timeStamp" not in broken and "responseStatus" in broken:
                        continue  # a response that refuses holds none
                    if "responseStatus" in shown and "responseStatus" not in broken and "timeStamp" in broken:
                        continue  # a token by itself
                    assert not validator.is_valid(broken), (path, set(shown) ^ set(broken))
    finally:
        shutil.rmtree(work)
    missing = set(described(schema)) - seen - {"notShown", "filesOfEvidenceNotShown"}
    assert not missing, f"described, but nothing here has it: {missing}"
    sys.exit(1 if wrong else 0)


main()
