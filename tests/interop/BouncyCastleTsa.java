import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collections;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.bouncycastle.util.CollectionStore;

/**
 * A time-stamp authority by BouncyCastle, with a CA above it, that stamps at any time.
 *
 * <p>The same name gives the same keys, certificates, lists and tokens, octet for octet: keys come
 * from a hash of the name, and ECDSA takes its nonce from the message (RFC 6979). For tests alone.
 */
final class BouncyCastleTsa {
  private static final AlgorithmIdentifier ECDSA_SHA256 =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
  private static final ASN1ObjectIdentifier POLICY =
      new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");
  static final DigestCalculatorProvider DIGESTS = new BcDigestCalculatorProvider();

  private final X500Name caName;
  private final X500Name tsaName;
  private final ECPrivateKeyParameters caKey;
  private final ECPrivateKeyParameters tsaKey;
  private final X509CertificateHolder ca;
  private final X509CertificateHolder certificate;
  private final BigInteger tsaSerial;
  private int serial = 0;
  private Date revoked = null;
  private boolean withCrl = true;
  private BouncyCastleOcsp ocsp = null;

  /** An authority whose certificate is good between two RFC 3339 times; its CA for
   *  80 years. */
  BouncyCastleTsa(String caTitle, String tsaTitle, String from, String to) throws Exception {
    caName = new X500Name("CN=" + caTitle);
    tsaName = new X500Name("CN=" + tsaTitle);
    caKey = keyFor(caTitle);
    tsaKey = keyFor(tsaTitle);
    tsaSerial = new BigInteger(1, sha256(tsaTitle)).shiftRight(200);
    ca = makeCa();
    certificate = makeCertificate(date(from), date(to));
  }

  /** From now on the authority's lists name its certificate as revoked at that time, for no reason
   *  given. */
  void revokeAt(String time) {
    revoked = date(time);
  }

  /** From now on tokens hold no list. */
  void withoutCrl() {
    withCrl = false;
  }

  /** From now on tokens hold an answer of this responder in place of a list. */
  void withOcsp(BouncyCastleOcsp responder) {
    withCrl = false;
    ocsp = responder;
  }

  /** The CA as the one who answers. */
  BouncyCastleOcsp answeringCa() {
    return new BouncyCastleOcsp(ca, caKey, false);
  }

  /** One to whom the CA gave a certificate, for this use. */
  BouncyCastleOcsp responder(String title, KeyPurposeId use) throws Exception {
    ECPrivateKeyParameters key = keyFor(title);
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(caName, BigInteger.TWO,
        date("2024-01-01T00:00:00Z"), date("2060-01-01T00:00:00Z"),
        new X500Name("CN=" + title), publicKey(key));
    builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(use));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    return new BouncyCastleOcsp(builder.build(signer(caKey)), key, true);
  }

  /** One who says that he is the CA, and has another key. */
  BouncyCastleOcsp impostor() throws Exception {
    return new BouncyCastleOcsp(ca, keyFor("an impostor"), false);
  }

  X509CertificateHolder ca() {
    return ca;
  }

  X509CertificateHolder certificate() {
    return certificate;
  }

  /** Answers a request as if it were that time. */
  TimeStampResponse stamp(TimeStampRequest request, String time) throws Exception {
    Date when = date(time);
    TimeStampTokenGenerator tokens = new TimeStampTokenGenerator(
        new SignerInfoGeneratorBuilder(DIGESTS)
            .setSignedAttributeGenerator(
                new DefaultSignedAttributeTableGenerator(signingTime(when)))
            .build(signer(tsaKey), certificate),
        DIGESTS.get(new AlgorithmIdentifier(
            NISTObjectIdentifiers.id_sha256)),
        POLICY);
    tokens.setAccuracySeconds(1);
    tokens.addCertificates(new CollectionStore<>(List.of(certificate, ca)));
    if (withCrl) tokens.addCRLs(new CollectionStore<>(Collections.singletonList(crl(when))));
    if (ocsp != null) {
      tokens.addOtherRevocationInfo(CMSObjectIdentifiers.id_ri_ocsp_response,
          new CollectionStore<>(List.of(ocsp.answer(certificate, ca, when))));
    }
    serial += 1;
    return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
        .generate(request, BigInteger.valueOf(serial), when);
  }

  /** The CA's list, issued at that time and never out of date within its life. */
  X509CRLHolder crl(Date when) {
    X509v2CRLBuilder list = new X509v2CRLBuilder(caName, when);
    list.setNextUpdate(date("2099-01-01T00:00:00Z"));
    if (revoked != null && !when.before(revoked)) list.addCRLEntry(tsaSerial, revoked, 0);
    return list.build(signer(caKey));
  }

  static Date date(String rfc3339) {
    return Date.from(Instant.parse(rfc3339));
  }

  private X509CertificateHolder makeCa() throws Exception {
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(caName, BigInteger.ONE,
        date("2020-01-01T00:00:00Z"), date("2099-12-31T00:00:00Z"), caName, publicKey(caKey));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(Extension.keyUsage, true,
        new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    return builder.build(signer(caKey));
  }

  private X509CertificateHolder makeCertificate(Date from, Date to) throws Exception {
    X509v3CertificateBuilder builder = new X509v3CertificateBuilder(caName, tsaSerial, from, to,
        tsaName, publicKey(tsaKey));
    builder.addExtension(Extension.extendedKeyUsage, true,
        new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    return builder.build(signer(caKey));
  }

  // The default would be the clock of the machine.
  private static AttributeTable signingTime(Date when) {
    ASN1EncodableVector attributes = new ASN1EncodableVector();
    attributes.add(new Attribute(CMSAttributes.signingTime, new DERSet(new Time(when))));
    return new AttributeTable(attributes);
  }

  private static byte[] sha256(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ECPrivateKeyParameters keyFor(String name) throws Exception {
    X9ECParameters p256 = ECNamedCurveTable.getByOID(SECObjectIdentifiers.secp256r1);
    ECDomainParameters domain =
        new ECNamedDomainParameters(SECObjectIdentifiers.secp256r1, p256);
    BigInteger d = new BigInteger(1, sha256("key of " + name)).mod(p256.getN());
    return new ECPrivateKeyParameters(d, domain);
  }

  private static SubjectPublicKeyInfo publicKey(ECPrivateKeyParameters key) throws IOException {
    ECDomainParameters domain = key.getParameters();
    return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
        new ECPublicKeyParameters(domain.getG().multiply(key.getD()).normalize(), domain));
  }

  static ContentSigner signer(ECPrivateKeyParameters key) {
    SHA256Digest digest = new SHA256Digest();
    return new ContentSigner() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return ECDSA_SHA256;
      }

      @Override
      public OutputStream getOutputStream() {
        return new OutputStream() {
          @Override
          public void write(int octet) {
            digest.update((byte) octet);
          }

          @Override
          public void write(byte[] octets, int offset, int length) {
            digest.update(octets, offset, length);
          }
        };
      }

      @Override
      public byte[] getSignature() {
        byte[] hash = new byte[32];
        digest.doFinal(hash, 0);
        ECDSASigner ecdsa = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        ecdsa.init(true, key);
        BigInteger[] rs = ecdsa.generateSignature(hash);
        try {
          return new DERSequence(
              new ASN1Integer[] {new ASN1Integer(rs[0]), new ASN1Integer(rs[1])}).getEncoded();
        } catch (IOException impossible) {
          throw new IllegalStateException(impossible);
        }
      }
    };
  }
}
