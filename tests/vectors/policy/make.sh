#!/bin/sh
# Writes example.der: the TBSPolicy that example.xml is, by openssl's encoder.
set -eu
cd "$(dirname "$0")"
cat > example.cnf <<'CNF'
asn1 = SEQUENCE:policy
[policy]
name = SEQUENCE:name
publisher = SEQUENCE:publisher
issued = GENERALIZEDTIME:20090101000000Z
usage = UTF8:Digital signature verification
algorithms = SEQUENCE:algorithms
[name]
name = UTF8:Evaluation of cryptographic algorithms
[publisher]
name = UTF8:Some Evaluation Authority
[algorithms]
a = SEQUENCE:sha1
b = SEQUENCE:rsa
c = SEQUENCE:dsa
[sha1]
id = SEQUENCE:sha1_id
evaluations = SEQUENCE:sha1_evaluations
information = IMPLICIT:0,SEQUENCE:sha1_information
[sha1_information]
text = UTF8:Some Catalogue
[sha1_id]
name = UTF8:SHA-1
oid = IMPLICIT:0,SEQUENCE:sha1_oids
[sha1_oids]
a = OID:1.3.14.3.2.26
[sha1_evaluations]
a = SEQUENCE:sha1_evaluation
[sha1_evaluation]
validity = IMPLICIT:1,SEQUENCE:end_2008_06_30
[end_2008_06_30]
end = IMPLICIT:1,GENERALIZEDTIME:20080630000000Z
[end_2014_12_31]
end = IMPLICIT:1,GENERALIZEDTIME:20141231000000Z
[rsa]
id = SEQUENCE:rsa_id
evaluations = SEQUENCE:rsa_evaluations
[rsa_id]
name = UTF8:RSA
oid = IMPLICIT:0,SEQUENCE:rsa_oids
[rsa_oids]
a = OID:1.2.840.113549.1.1.1
[rsa_evaluations]
a = SEQUENCE:rsa_1024
b = SEQUENCE:rsa_2048
[rsa_1024]
parameters = IMPLICIT:0,SEQUENCE:modulus_1024
validity = IMPLICIT:1,SEQUENCE:end_2008_06_30
[rsa_2048]
parameters = IMPLICIT:0,SEQUENCE:modulus_2048
validity = IMPLICIT:1,SEQUENCE:end_2014_12_31
[modulus_1024]
a = SEQUENCE:modulus_1024_parameter
[modulus_1024_parameter]
name = UTF8:moduluslength
min = IMPLICIT:0,INTEGER:1024
[modulus_2048]
a = SEQUENCE:modulus_2048_parameter
[modulus_2048_parameter]
name = UTF8:moduluslength
min = IMPLICIT:0,INTEGER:2048
[dsa]
id = SEQUENCE:dsa_id
evaluations = SEQUENCE:dsa_evaluations
[dsa_id]
name = UTF8:DSA
oid = IMPLICIT:0,SEQUENCE:dsa_oids
[dsa_oids]
a = OID:1.2.840.10040.4.1
[dsa_evaluations]
a = SEQUENCE:dsa_evaluation
[dsa_evaluation]
parameters = IMPLICIT:0,SEQUENCE:dsa_parameters
validity = IMPLICIT:1,SEQUENCE:end_2014_12_31
[dsa_parameters]
a = SEQUENCE:p
b = SEQUENCE:q
[p]
name = UTF8:plength
min = IMPLICIT:0,INTEGER:2048
[q]
name = UTF8:qlength
min = IMPLICIT:0,INTEGER:224
CNF
openssl asn1parse -genconf example.cnf -noout -out example.der
rm example.cnf
