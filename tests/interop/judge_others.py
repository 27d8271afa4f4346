#!/usr/bin/env python3
"""Judges other makers' evidence, each with anchors, and holds the verdicts against a table.

  judge_others.py PERDURA_VERIFY TABLE DIR

DIR holds checkouts of the repositories that the table's paths begin with. What is not there is counted
and left out. Exit: 0 all as the table says, 1 something differs.
"""
import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import tempfile
import zipfile

# Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { version [0] 2, serialNumber INTEGER ...
CERTIFICATE = re.compile(rb'\x30\x82(..)\x30(?:\x82..|\x81.)\xa0\x03\x02\x01\x02\x02', re.S)
BASE64 = re.compile(rb'[A-Za-z0-9+/\s]{200,}={0,2}')
DEPTH_MAX = 3


def certificates(octets, depth=0):
    """The certificates that stand in `octets`, in zips in it and in base64 in it."""
    found = set()
    for at in CERTIFICATE.finditer(octets):
        length = 4 + int.from_bytes(at.group(1), 'big')
        found.add(octets[at.start():at.start() + length])
    if depth == DEPTH_MAX:
        return found
    if octets[:2] == b'PK':
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            for name in archive.namelist():
                found |= certificates(archive.read(name), depth + 1)
    for text in BASE64.finditer(octets):
        packed = re.sub(rb'\s', b'', text.group(0)).rstrip(b'=')
        packed = packed[:len(packed) - (len(packed) % 4 == 1)]
        found |= certificates(base64.b64decode(packed + b'=' * (-len(packed) % 4)), depth + 1)
    return found


def names(der):
    """Subject and issuer of a certificate as openssl writes them; None when it is none."""
    done = subprocess.run(['openssl', 'x509', '-inform', 'DER', '-noout', '-subject', '-issuer'],
                          input=der, capture_output=True, check=False)
    lines = done.stdout.decode('utf-8', 'replace').splitlines()
    return [line.split('=', 1)[1] for line in lines] if len(lines) == 2 else None


def own_anchors(path, folder):
    """The topmost certificates in the evidence itself: each whose issuer is not there, or is itself."""
    with open(path, 'rb') as file:
        found = {der: names(der) for der in certificates(file.read())}
    found = {der: both for der, both in found.items() if both}
    subjects = {subject for subject, _ in found.values()}
    options = []
    for der, (subject, issuer) in sorted(found.items()):
        if issuer != subject and issuer in subjects:
            continue
        anchor = os.path.join(folder, hashlib.sha256(der).hexdigest() + '.der')
        with open(anchor, 'wb') as file:
            file.write(der)
        options += ['--trust', anchor]
    return options


def judge(program, root, row, folder):
    """The exit status of the program for a row of the table."""
    evidence, documents, digests, anchors, moment = row[:5]
    path = os.path.join(root, evidence)
    command = [program, '-q', '--revocation', 'if-present', '--at', moment, '--evidence', path]
    if anchors == 'own':
        command += own_anchors(path, folder)
    else:
        command += ['--trust', os.path.join(root, anchors)]
    for digest in digests.split(' ') if digests != '-' else []:
        command += ['--digest', digest]
    for document in documents.split(' ') if documents != '-' else []:
        if document.startswith('hex:'):
            octets = bytes.fromhex(document[4:])
            document = os.path.join(folder, 'document-' + hashlib.sha256(octets).hexdigest())
            with open(document, 'wb') as file:
                file.write(octets)
        command.append(os.path.join(root, document))
    return subprocess.run(command, capture_output=True, check=False).returncode


def main():
    program, table, root = sys.argv[1:]
    differing = absent = judged = 0
    with open(table, encoding='utf-8') as file, tempfile.TemporaryDirectory() as folder:
        for line in file:
            if line.startswith('#'):
                continue
            row = line.rstrip('\n').split('\t')
            if not os.path.exists(os.path.join(root, row[0])):
                absent += 1
                continue
            code = judge(program, root, row, folder)
            judged += 1
            if str(code) != row[6]:
                differing += 1
                print(f'{row[0]}: exit {code}, not {row[6]}', file=sys.stderr)
    print(f'{judged} judged, {absent} not there, {differing} otherwise than the table says')
    return 1 if differing or not judged else 0


if __name__ == '__main__':
    sys.exit(main())
