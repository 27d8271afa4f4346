#!/usr/bin/env python3
"""Makes two vectors in other_makers/, with new keys each time: time-stamps by keys that are slow to use.

    make_slow_keys.py        (needs python3-cryptography)

indeterminate_rsa_exponent_of_2048_bits: all is right, but checking takes a hundred times as long as it should.
indeterminate_cas_of_one_name: a certificate under thirteen CAs of one name and key, each of which issued each other.
"""

import hashlib
import pathlib

from cryptography.hazmat.primitives.asymmetric import rsa

out = pathlib.Path(__file__).parent / "other_makers"


def der(tag, *contents):
    octets = b"".join(contents)
    size = len(octets)
    length = bytes([size]) if size < 128 else size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (length if size < 128 else bytes([0x80 | len(length)]) + length) + octets


def sequence(*contents):
    return der(0x30, *contents)


def set_of(*contents):
    return der(0x31, *contents)


def integer(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(text):
    numbers = [int(number) for number in text.split(".")]
    octets = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        group = [number & 127]
        while number := number >> 7:
            group.insert(0, 128 | (number & 127))
        octets += bytes(group)
    return der(6, octets)


SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"), der(5))
SHA256_WITH_RSA = sequence(oid("1.2.840.113549.1.1.11"), der(5))
RSA = sequence(oid("1.2.840.113549.1.1.1"), der(5))


def name(common):
    return sequence(set_of(sequence(oid("2.5.4.3"), der(12, common.encode()))))


class Key:
    def __init__(self, bits, exponent):
        """`exponent`: None for one as long as the modulus."""
        numbers = rsa.generate_private_key(public_exponent=65537, key_size=bits).private_numbers()
        self.modulus, self.size = numbers.public_numbers.n, bits // 8
        order = (numbers.p - 1) * (numbers.q - 1)
        self.exponent, self.secret = exponent, 65537
        if exponent is None:
            self.exponent = pow(65537, -1, order)
        else:
            self.secret = pow(exponent, -1, order)
        self.info = sequence(RSA, der(3, b"\0" + sequence(integer(self.modulus), integer(self.exponent))))

    def sign(self, message):
        info = sequence(SHA256, der(4, hashlib.sha256(message).digest()))
        padded = b"\0\1" + b"\xff" * (self.size - 3 - len(info)) + b"\0" + info
        return pow(int.from_bytes(padded, "big"), self.secret, self.modulus).to_bytes(self.size, "big")


def extension(identifier, value):
    return sequence(oid(identifier), der(1, b"\xff"), der(4, value))


CA = [extension("2.5.29.19", sequence(der(1, b"\xff"))), extension("2.5.29.15", der(3, b"\1\6"))]
TSA = [extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.8"))), extension("2.5.29.15", der(3, b"\7\x80"))]


def certificate(subject, serial, extensions, key):
    """By 'CA', with its key for its own."""
    valid = sequence(der(0x17, b"200101000000Z"), der(0x17, b"400101000000Z"))
    to_be_signed = sequence(der(0xA0, integer(2)), integer(serial), SHA256_WITH_RSA, name("CA"), valid, name(subject),
                            key.info, der(0xA3, sequence(*extensions)))
    return sequence(to_be_signed, SHA256_WITH_RSA, der(3, b"\0" + key.sign(to_be_signed)))


def record(document, signer, others, key):
    imprint = sequence(SHA256, der(4, hashlib.sha256(document).digest()))
    info = sequence(integer(1), oid("1.2.3.4"), imprint, integer(7), der(0x18, b"20250101000000Z"))
    attributes = b"".join(sorted([
        sequence(oid("1.2.840.113549.1.9.3"), set_of(oid("1.2.840.113549.1.9.16.1.4"))),
        sequence(oid("1.2.840.113549.1.9.4"), set_of(der(4, hashlib.sha256(info).digest()))),
        sequence(oid("1.2.840.113549.1.9.16.2.47"),
                 set_of(sequence(sequence(sequence(der(4, hashlib.sha256(signer).digest()))))))]))
    signature = sequence(integer(1), sequence(name("CA"), integer(1)), SHA256, der(0xA0, attributes), RSA,
                         der(4, key.sign(der(0x31, attributes))))
    token = sequence(oid("1.2.840.113549.1.7.2"), der(0xA0, sequence(
        integer(3), set_of(SHA256), sequence(oid("1.2.840.113549.1.9.16.1.4"), der(0xA0, der(4, info))),
        der(0xA0, signer, *others), set_of(signature))))
    return sequence(integer(1), sequence(SHA256), sequence(sequence(sequence(token))))


def write(vector, key, others, reason, anchor):
    signer = certificate("TSA", 1, TSA, key)
    (out / f"{vector}.ers").write_bytes(record((out / "a.txt").read_bytes(), signer, others, key))
    (out / f"{vector}.vec").write_text(f"""verdict: indeterminate
reason: {reason}
rule: verifier/README.md, bounds
at: 2027-01-01T00:00:00Z
anchors: {anchor}
documents: a.txt
revocation: if_present
evidence: {vector}.ers
made by: make_slow_keys.py
""")


slow = Key(2048, None)
(out / "slow.cer").write_bytes(certificate("CA", 2, CA, slow))
write("indeterminate_rsa_exponent_of_2048_bits", slow, [], "UNSUPPORTED_ALGORITHM", "slow.cer")
many = Key(4096, (1 << 64) - 59)
write("indeterminate_cas_of_one_name", many, [certificate("CA", 2 + i, CA, many) for i in range(13)],
      "NO_CERTIFICATE_CHAIN_FOUND", "other_ca.pem")
