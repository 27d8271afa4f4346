#!/usr/bin/env python3
"""Writes the vectors of contents and key files, from archive/formats/{content,keys}.md alone.

Needs python3-cryptography and the zstd command. Run in its own folder; what it writes is checked in.
"""
import hashlib
import os
import struct
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

HERE = Path(__file__).resolve().parent
KEYS = HERE.parent / "keys"
KEK = bytes(range(32))
DATA_KEY = bytes(range(32, 64))
TOKEN = bytes(range(64, 80))
MIB = 1 << 20


def zstd(octets, dictionary=None):
    extra = ["-D", dictionary, "--no-dictID"] if dictionary else []
    return subprocess.run(["zstd", "-3", "-c", "--no-check", *extra],
                          input=octets, stdout=subprocess.PIPE, check=True).stdout


def planes(octets):
    """Differences of 16-bit words, their low octets and then their high ones."""
    words = [int.from_bytes(octets[i:i + 2], "little") for i in range(0, len(octets) - 1, 2)]
    differences = [(word - before) % 65536 for before, word in zip([0] + words, words)]
    low = bytes(d % 256 for d in differences)
    high = bytes((d // 256 + (d % 256 >= 128)) % 256 for d in differences)
    return low + high + octets[2 * len(words):]


def seal(domain, number, context, plain, key=DATA_KEY):
    return AESGCM(key).encrypt(struct.pack(">IQ", domain, number), plain, context)


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def location(kind, offset, stored, length, version=1, token=TOKEN):
    wrapped = aes_key_wrap(KEK, DATA_KEY)
    return (bytes([version, kind]) + token + wrapped
            + varint(offset) + varint(stored) + varint(length))


def whole(method, length, frame_plain, dictionary_id=b"", form=1):
    header = bytes([form, method]) + struct.pack(">I", length) + dictionary_id
    return header + seal(0, 0, header + struct.pack(">IB", 0, 1), frame_plain)


def large(frames, length, count=None, chunks=1):
    """Frames as (method, plain octets of the frame after compression); all in one chunk."""
    chunk = b""
    table = b""
    for number, (method, plain) in enumerate(frames):
        last = number + 1 == len(frames)
        context = bytes([2]) + TOKEN + struct.pack(">IB", number, last)
        first = 1 << 31 if number == 0 else 0
        table += struct.pack(">I", first | method << 30 | len(plain))
        chunk += seal(0, number, context, plain)
    header = bytes([2, 0, 0, 0]) + struct.pack(">QII", length, count or len(frames), chunks)
    head = header + seal(1, 0, header + TOKEN, table)
    name = "large/" + TOKEN.hex()
    return {name: head, name + "/00000000": chunk}


def write(name, address, document, place, objects, dictionary=None, refused=None):
    lines = [f"address: {address.hex()}", f"document: {document}", f"location: {place.hex()}"]
    lines += [f"object: {object_name} {octets.hex()}" for object_name, octets in objects.items()]
    if dictionary:
        lines.append(f"dictionary: {dictionary.hex()}")
    if refused:
        lines.append(f"refused: {refused}")
    lines.append("made by: tests/vectors/content/make.py")
    (HERE / f"{name}.vec").write_text("\n".join(lines) + "\n")


def small(name, document, content, refused=None, length=None, dictionary=None, place=None,
          address=None):
    pack = b"PPAK\x01\0\0\0" + b"neighbour" + content
    if place is None:
        place = location(1, 17, len(content), len(document) if length is None else length)
    write(name, address or hashlib.sha256(document).digest(), document.hex(), place,
          {"pack/" + TOKEN.hex(): pack}, dictionary, refused)


def flip(octets, at):
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1:]


def trained():
    samples = HERE / "samples"
    samples.mkdir(exist_ok=True)
    for i in range(200):
        (samples / f"{i}").write_text(
            f'{{"resourceType":"Patient","id":"{i * 7919}","active":true,"gender":"female"}}')
    subprocess.run(["zstd", "-q", "--train", *sorted(map(str, samples.iterdir())),
                    "--maxdict=512", "-o", str(HERE / "dictionary")], check=True)
    octets = (HERE / "dictionary").read_bytes()
    for sample in samples.iterdir():
        sample.unlink()
    samples.rmdir()
    return octets


def contents():
    for old in HERE.glob("*.vec"):
        old.unlink()
    text = b"The quick brown fox jumps over the lazy dog. " * 5
    stored = whole(0, len(text), text)
    packed = zstd(text)
    small("accepted_whole_stored", text, stored)
    small("accepted_whole_empty", b"", whole(0, 0, b""))
    small("accepted_whole_zstd", text, whole(1, len(text), packed))
    slope = b"".join((7 * i % 4000 + i * i % 5).to_bytes(2, "little") for i in range(200)) + b"!"
    small("accepted_whole_words", slope, whole(3, len(slope), zstd(planes(slope))))

    dictionary = trained()
    patient = b'{"resourceType":"Patient","id":"1","active":true,"gender":"male"}'
    dictionary_id = hashlib.sha256(dictionary).digest()[:8]
    with_dictionary = whole(2, len(patient), zstd(patient, str(HERE / "dictionary")), dictionary_id)
    (HERE / "dictionary").unlink()
    small("accepted_whole_dictionary", patient, with_dictionary, dictionary=dictionary)
    small("refused_dictionary_missing", patient, with_dictionary, "dictionary")

    small("refused_form_unknown", text, whole(0, len(text), text, form=3), "form 3")
    small("refused_method_unknown", text, whole(4, len(text), text), "method is not known")
    small("refused_length_over_1_mebibyte", text, whole(0, MIB + 1, text), "over 1 MiB")
    small("refused_length_not_that_of_location", text, stored, "length", length=len(text) - 1)
    small("refused_pack_ends_early", text, stored, "pack ends",
          place=location(1, 18, len(stored), len(text)))
    small("refused_frame_altered", text, flip(stored, 20), "frame 0 does not decrypt")
    small("refused_header_altered", text, flip(whole(1, len(text), packed), 1), "does not decrypt")
    small("refused_frame_expands_to_less", text, whole(1, len(text), zstd(text[1:])),
          "frame 0 does not expand")
    small("refused_frame_expands_to_more", text, whole(1, len(text), zstd(text + b"!")),
          "frame 0 does not expand")
    small("refused_digest_differs", text, stored, "SHA-256",
          address=hashlib.sha256(b"another document").digest())
    other_key = location(1, 17, len(stored), len(text))
    small("refused_key_altered", text, stored, "data key does not unwrap", place=flip(other_key, 20))

    place = location(1, 17, len(stored), len(text))
    small("refused_location_cut_short", text, stored, "cut short", place=place[:57])
    small("refused_location_longer", text, stored, "behind its end", place=place + b"\0")
    small("refused_location_of_no_kind", text, stored, "no known kind",
          place=place[:1] + b"\x03" + place[2:])
    small("refused_location_newer", text, stored, "version 2", place=b"\x02" + place[1:])
    small("refused_location_number_not_shortest", text, stored, "shortest form",
          place=place[:58] + b"\x91\x00" + place[59:])
    large_contents()


def large_contents():
    zeros = bytes(MIB)
    tail = b"the end"
    document = zeros + tail
    frames = [(1, zstd(zeros)), (0, tail)]
    address = hashlib.sha256(document).digest()
    described = f"zeros {MIB} then {tail.hex()}"
    objects = large(frames, len(document))
    name = "large/" + TOKEN.hex()
    stored = sum(map(len, objects.values()))
    place = location(2, 0, stored, len(document))
    write("accepted_large", address, described, place, objects)

    def refused(vector, why, changed, where=place):
        write(vector, address, described, where, {**objects, **changed}, refused=why)

    head, chunk = objects[name], objects[name + "/00000000"]
    contradicting = bytes([2, 0, 0, 0]) + struct.pack(">QII", len(document), 3, 1) + head[20:]
    refused("refused_counts_contradict", "contradict", {name: contradicting})
    refused("refused_table_altered", "table of frames does not decrypt", {name: flip(head, 21)})
    refused("refused_head_altered", "table of frames does not decrypt",
            {name: head[:16] + b"\0\0\0\2" + head[20:]})
    refused("refused_large_frame_altered", "frame 1 does not decrypt",
            {name + "/00000000": flip(chunk, len(chunk) - 1)})
    refused("refused_stored_length_differs", "location says", {},
            location(2, 0, stored + 1, len(document)))
    refused("refused_large_with_offset", "has an offset", {},
            location(2, 1, stored, len(document)))
    swapped = large([frames[0], (0, b"THE END")], len(document))
    cut = {name: swapped[name], name + "/00000000": chunk[:-1]}
    refused("refused_chunk_cut_short", "frame 1 is cut short", cut)


def key_file(entries, passphrase=None, cost=10):
    body = bytes([len(entries)])
    for name, value in sorted(entries.items()):
        body += bytes([len(name)]) + name.encode() + struct.pack(">H", len(value)) + value
    if passphrase is None:
        header = b"PERDKEYS" + bytes([1, 0]) + bytes(50) + struct.pack(">I", len(body))
        return header + body + hashlib.sha256(header + body).digest()[:16]
    salt, nonce = bytes(range(100, 132)), bytes(range(200, 212))
    header = (b"PERDKEYS" + bytes([1, 1, cost, 8, 1, 0, 0, 0]) + salt + nonce
              + struct.pack(">I", len(body)))
    key = hashlib.scrypt(passphrase, salt=salt, n=1 << cost, r=8, p=1, maxmem=1 << 26, dklen=32)
    return header + AESGCM(key).encrypt(nonce, body, header)


def key_files():
    KEYS.mkdir(exist_ok=True)
    for old in KEYS.glob("*.hex"):
        old.unlink()
    entries = {".key-encryption-key": KEK, ".index-key": bytes(range(80, 112)),
               "log-key-seed": bytes(range(112, 144))}

    def put(name, octets):
        (KEYS / f"{name}.hex").write_text(octets.hex() + "\n")

    by_mode = key_file(entries)
    sealed = key_file(entries, b"correct horse")
    put("accepted_by_mode", by_mode)
    put("accepted_by_passphrase", sealed)
    put("refused_magic", flip(by_mode, 0))
    put("refused_version_newer", by_mode[:8] + b"\2" + by_mode[9:])
    put("refused_protection_unknown", by_mode[:9] + b"\2" + by_mode[10:])
    put("refused_cost_too_high", sealed[:10] + b"\x15" + sealed[11:])
    put("refused_spare_octet_not_zero", flip(by_mode, 13))
    put("refused_longer", by_mode + b"\0")
    put("refused_cut_short", by_mode[:-1])
    put("refused_checksum", flip(by_mode, 70))
    put("refused_seal", flip(sealed, 70))
    short = by_mode[:60] + struct.pack(">I", len(by_mode) - 81) + by_mode[64:-17]
    put("refused_entry_cut_short", short + hashlib.sha256(short).digest()[:16])
    del entries[".index-key"]
    put("refused_key_missing", key_file(entries))


if __name__ == "__main__":
    os.chdir(HERE)
    contents()
    key_files()
