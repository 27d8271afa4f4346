import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.cmp.PKIStatusInfo;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.tsp.TimeStampResp;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pqc.jcajce.provider.BouncyCastlePQCProvider;
import org.bouncycastle.pqc.jcajce.spec.DilithiumParameterSpec;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.bouncycastle.util.CollectionStore;

/**
 * Time-stamp authorities by BouncyCastle with keys of many kinds, for tests; the CA of each, of the
 * same kind, goes to DIR/KIND.pem. Keys are new each time.
 *
 * <pre>
 *   serve DIR --port-file F    on 127.0.0.1 at /KIND; it stops by itself
 *   vectors DIR                evidence for DIR/a.txt, with the verdict that it must get
 * </pre>
 */
public final class KeyKindTsa {
  private static final long LIFE_MS = 600_000;
  private static final String VECTORS_JUDGED = "2027-06-01T00:00:00Z";

  private record Kind(String name, String generator, String parameter, String signature,
      String provider, ASN1ObjectIdentifier pretended) {
    boolean canBeVerified() {
      return pretended == null && !provider.equals("BCPQC");
    }

    // What documents are hashed with in vectors.
    String imprint() {
      return name.endsWith("sha3") ? "SHA3-256" : "SHA-512";
    }

    // Where the signature algorithm names none that BouncyCastle knows.
    AlgorithmIdentifier contentDigest() {
      if (canBeVerified()) return null;
      return new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha512);
    }
  }

  private static final List<Kind> KINDS = List.of(
      new Kind("rsa-pss", "RSA", "3072", "SHA512WITHRSAANDMGF1", "BC", null),
      new Kind("rsa-pss-sha3", "RSA", "3072", "SHA3-256WITHRSAANDMGF1", "BC", null),
      new Kind("rsa-sha3", "RSA", "3072", "SHA3-512WITHRSA", "BC", null),
      new Kind("p-521", "EC", "P-521", "SHA512WITHECDSA", "BC", null),
      new Kind("p-384-sha3", "EC", "P-384", "SHA3-384WITHECDSA", "BC", null),
      new Kind("brainpool-384", "EC", "brainpoolP384r1", "SHA384WITHECDSA", "BC", null),
      new Kind("brainpool-512", "EC", "brainpoolP512r1", "SHA512WITHECDSA", "BC", null),
      new Kind("ed25519", "Ed25519", "", "Ed25519", "BC", null),
      new Kind("ed448", "Ed448", "", "Ed448", "BC", null),
      new Kind("dilithium", "Dilithium", "", "DILITHIUM3", "BCPQC", null),
      new Kind("ml-dsa", "EC", "P-256", "SHA256WITHECDSA", "BC",
          new ASN1ObjectIdentifier("2.16.840.1.101.3.4.3.18")),
      new Kind("slh-dsa", "EC", "P-256", "SHA256WITHECDSA", "BC",
          new ASN1ObjectIdentifier("2.16.840.1.101.3.4.3.24")));

  public static void main(String[] args) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    Security.addProvider(new BouncyCastlePQCProvider());
    Path folder = Files.createDirectories(Path.of(args[1]));
    Map<Kind, Authority> authorities = new LinkedHashMap<>();
    for (Kind kind : KINDS) {
      authorities.put(kind, new Authority(kind));
      BouncyCastleMaker.writePem(folder.resolve(kind.name() + ".pem"), authorities.get(kind).ca);
    }
    if (args[0].equals("vectors")) {
      for (Kind kind : KINDS) writeVector(folder, kind, authorities.get(kind));
      return;
    }
    HttpServer server = HttpServer.create(
        new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 16);
    authorities.forEach((kind, authority) ->
        server.createContext("/" + kind.name(), exchange -> serve(exchange, authority)));
    server.start();
    Path portFile = Path.of(args[3]);
    Path draft = Path.of(portFile + ".new");
    Files.writeString(draft, server.getAddress().getPort() + "\n");
    Files.move(draft, portFile, StandardCopyOption.ATOMIC_MOVE);
    Thread.sleep(LIFE_MS);
    System.exit(0);
  }

  private static void serve(HttpExchange exchange, Authority authority) throws IOException {
    try {
      byte[] body = authority.answer(new TimeStampRequest(exchange.getRequestBody().readAllBytes()))
          .getEncoded();
      exchange.getResponseHeaders().set("Content-Type", "application/timestamp-reply");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (Exception failed) {
      failed.printStackTrace();
      exchange.sendResponseHeaders(500, -1);
    }
    exchange.close();
  }

  // RFC 4998 section 3.2: a time-stamp over a document's hash is its evidence, without a tree.
  private static void writeVector(Path folder, Kind kind, Authority authority) throws Exception {
    byte[] document = Files.readAllBytes(folder.resolve("a.txt"));
    byte[] hash = MessageDigest.getInstance(kind.imprint()).digest(document);
    AlgorithmIdentifier algorithm = new DefaultDigestAlgorithmIdentifierFinder()
        .find(kind.imprint().equals("SHA-512") ? "SHA512" : kind.imprint());
    TimeStampRequestGenerator questions = new TimeStampRequestGenerator();
    questions.setCertReq(true);
    TimeStampResp answer =
        authority.answer(questions.generate(algorithm.getAlgorithm(), hash, BigInteger.TEN));
    DERSequence stamp = new DERSequence(answer.getTimeStampToken());
    DERSequence record = new DERSequence(new ASN1Encodable[] {
        new ASN1Integer(1), new DERSequence(algorithm), new DERSequence(new DERSequence(stamp))});
    String verdict = kind.canBeVerified() ? "passed" : "indeterminate";
    String name = verdict + "_signed_with_" + kind.name().replace('-', '_');
    Files.write(folder.resolve(name + ".ers"), record.getEncoded());
    Files.writeString(folder.resolve(name + ".vec"), "verdict: " + verdict + "\n"
        + (kind.canBeVerified() ? "" : "reason: UNSUPPORTED_ALGORITHM\n")
        + "rule: RFC 5652 section 5.4\nat: " + VECTORS_JUDGED + "\nanchors: " + kind.name()
        + ".pem\ndocuments: a.txt\nevidence: " + name
        + ".ers\nmade by: BouncyCastle 1.72; make.sh\n");
  }

  private static final class Authority {
    final Kind kind;
    final X500Name caName;
    final KeyPair caKey;
    final KeyPair tsaKey;
    final X509CertificateHolder ca;
    final X509CertificateHolder certificate;
    int serial = 0;

    Authority(Kind kind) throws Exception {
      this.kind = kind;
      caName = new X500Name("CN=BouncyCastle CA " + kind.name());
      caKey = keys(kind);
      tsaKey = keys(kind);
      // Where the kind is pretended it is the token's alone: its CA is of another that can be
      // verified.
      ca = certificate(caName, caKey, BigInteger.ONE, true);
      certificate = certificate(new X500Name("CN=BouncyCastle TSA " + kind.name()), tsaKey,
          BigInteger.TWO, false);
    }

    X509CertificateHolder certificate(X500Name name, KeyPair key, BigInteger number, boolean isCa)
        throws Exception {
      Date from = Date.from(Instant.now().minus(1, ChronoUnit.DAYS));
      Date to = Date.from(Instant.now().plus(3000, ChronoUnit.DAYS));
      SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded());
      if (kind.pretended() != null && !isCa) {
        info = new SubjectPublicKeyInfo(new AlgorithmIdentifier(kind.pretended()), new byte[1952]);
      }
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(caName, number, from, to, name, info);
      if (isCa) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(Extension.keyUsage, true,
            new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      } else {
        builder.addExtension(Extension.extendedKeyUsage, true,
            new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      }
      return builder.build(signer(caKey, null));
    }

    ContentSigner signer(KeyPair key, ASN1ObjectIdentifier pretended) throws Exception {
      ContentSigner real = new JcaContentSignerBuilder(kind.signature())
          .setProvider(kind.provider()).build(key.getPrivate());
      if (pretended == null) return real;
      return new ContentSigner() {
        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
          return new AlgorithmIdentifier(pretended);
        }

        @Override
        public OutputStream getOutputStream() {
          return real.getOutputStream();
        }

        @Override
        public byte[] getSignature() {
          return new byte[3309];
        }
      };
    }

    synchronized TimeStampResp answer(TimeStampRequest question) throws Exception {
      Date now = Date.from(Instant.now().truncatedTo(ChronoUnit.SECONDS));
      X509v2CRLBuilder list = new X509v2CRLBuilder(caName, now);
      list.setNextUpdate(Date.from(Instant.now().plus(3000, ChronoUnit.DAYS)));
      TimeStampTokenGenerator tokens = new TimeStampTokenGenerator(
          new SignerInfoGeneratorBuilder(new BcDigestCalculatorProvider())
              .setContentDigest(kind.contentDigest())
              .build(signer(tsaKey, kind.pretended()), certificate),
          new BcDigestCalculatorProvider().get(
              new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)),
          new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"));
      tokens.setAccuracySeconds(1);
      tokens.addCertificates(new CollectionStore<>(List.of(certificate, ca)));
      tokens.addCRLs(new CollectionStore<>(
          Collections.singletonList(list.build(signer(caKey, null)))));
      serial += 1;
      // Not by TimeStampResponseGenerator: BouncyCastle 1.72 refuses requests over SHA-3.
      return new TimeStampResp(new PKIStatusInfo(PKIStatus.granted),
          tokens.generate(question, BigInteger.valueOf(serial), now)
              .toCMSSignedData().toASN1Structure());
    }
  }

  private static KeyPair keys(Kind kind) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(
        kind.generator(), kind.provider());
    if (kind.generator().equals("RSA")) {
      generator.initialize(Integer.parseInt(kind.parameter()));
    } else if (kind.generator().equals("EC")) {
      generator.initialize(new ECGenParameterSpec(kind.parameter()));
    } else if (kind.generator().equals("Dilithium")) {
      generator.initialize(DilithiumParameterSpec.dilithium3);
    }
    return generator.generateKeyPair();
  }
}
