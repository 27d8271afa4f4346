import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;

import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.tsp.ArchiveTimeStamp;
import org.bouncycastle.asn1.tsp.ArchiveTimeStampChain;
import org.bouncycastle.asn1.tsp.EvidenceRecord;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * BouncyCastle's evidence records from the command line, for tests of interoperation and the bench.
 *
 * <pre>
 *   validate [--ca CA.pem] X.ers DOCUMENT...    one document, or a data object group; prints OK or
 *                                               the reason; exit 0, or 1
 *   validate-list [--ca CA.pem] FILE            the same for each line "X.ers TAB DOCUMENT TAB ..."
 *   make DIR                                    evidence of every kind; see BouncyCastleMaker
 *   vectors DIR                                 good and bad evidence for tests/vectors
 *   bench N [PER_TREE]                          seconds to make and to validate N records
 * </pre>
 */
public final class BouncyCastleErs {
  private BouncyCastleErs() {}

  public static void main(String[] args) throws Exception {
    List<String> arguments = new ArrayList<>(Arrays.asList(args));
    String command = arguments.isEmpty() ? "" : arguments.remove(0);
    X509CertificateHolder ca = takeCa(arguments);
    if (command.equals("validate") && arguments.size() >= 2) {
      System.exit(tell("", validate(arguments, ca)));
    } else if (command.equals("validate-list") && arguments.size() == 1) {
      int worst = 0;
      for (String line : Files.readAllLines(Path.of(arguments.get(0)))) {
        List<String> files = Arrays.asList(line.split("\t"));
        worst = Math.max(worst, tell(files.get(0) + ": ", validate(files, ca)));
      }
      System.exit(worst);
    } else if (command.equals("make") && arguments.size() == 1) {
      new BouncyCastleMaker(Path.of(arguments.get(0))).makeAll();
    } else if (command.equals("vectors") && arguments.size() == 1) {
      new BouncyCastleVectors(Path.of(arguments.get(0))).makeAll();
    } else if (command.equals("bench") && !arguments.isEmpty()) {
      int count = Integer.parseInt(arguments.get(0));
      BouncyCastleBench.run(
          count, arguments.size() > 1 ? Integer.parseInt(arguments.get(1)) : count);
    } else {
      System.err.println("usage: BouncyCastleErs validate|validate-list|make|vectors|bench ...");
      System.exit(3);
    }
  }

  // Evidence made for tests is renewed in years to come.
  private static final Date AT = BouncyCastleTsa.date("2050-01-01T00:00:00Z");

  private static X509CertificateHolder takeCa(List<String> arguments) throws IOException {
    int at = arguments.indexOf("--ca");
    if (at < 0) return null;
    String pem = Files.readString(Path.of(arguments.get(at + 1)));
    arguments.subList(at, at + 2).clear();
    String body = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE-----") + 27,
        pem.indexOf("-----END CERTIFICATE-----"));
    return new X509CertificateHolder(java.util.Base64.getMimeDecoder().decode(body));
  }

  private static int tell(String prefix, String reason) {
    System.out.println(prefix + (reason == null ? "OK" : "REFUSED: " + reason));
    return reason == null ? 0 : 1;
  }

  /** Null when BouncyCastle accepts the evidence (the first) for the documents (the others). */
  private static String validate(List<String> files, X509CertificateHolder ca) {
    try {
      ERSEvidenceRecord record =
          new ERSEvidenceRecord(Files.readAllBytes(Path.of(files.get(0))), digests());
      List<ERSData> documents = new ArrayList<>();
      for (String file : files.subList(1, files.size())) {
        documents.add(new ERSByteData(Files.readAllBytes(Path.of(file))));
      }
      record.validatePresent(
          documents.size() == 1 ? documents.get(0) : new ERSDataGroup(documents), AT);
      record.validate(verifier(record.getSigningCertificate()));
      checkEveryToken(record.toASN1Structure(), ca);
      return null;
    } catch (Exception refused) {
      return refused.getClass().getSimpleName() + ": " + refused.getMessage();
    }
  }

  // BouncyCastle's own validate() looks at the last token alone, and trusts its certificate.
  private static void checkEveryToken(EvidenceRecord record, X509CertificateHolder ca)
      throws Exception {
    for (ArchiveTimeStampChain chain
        : record.getArchiveTimeStampSequence().getArchiveTimeStampChains()) {
      for (ArchiveTimeStamp stamp : chain.getArchiveTimestamps()) {
        ContentInfo contentInfo = stamp.getTimeStamp();
        TimeStampToken token = new TimeStampToken(contentInfo);
        X509CertificateHolder signer = signerOf(token);
        token.validate(verifier(signer));
        if (ca != null && !signer.isSignatureValid(
                new JcaContentVerifierProviderBuilder().setProvider(PROVIDER).build(ca))) {
          throw new IllegalArgumentException("the token's certificate is not of the CA given");
        }
      }
    }
  }

  @SuppressWarnings("unchecked")  // the library's selector is of a raw type
  private static X509CertificateHolder signerOf(TimeStampToken token) {
    return (X509CertificateHolder)
        token.getCertificates().getMatches(token.getSID()).iterator().next();
  }

  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private static org.bouncycastle.cms.SignerInformationVerifier verifier(
      X509CertificateHolder certificate) throws Exception {
    return new JcaSimpleSignerInfoVerifierBuilder().setProvider(PROVIDER).build(certificate);
  }

  private static DigestCalculatorProvider digests() throws Exception {
    return new JcaDigestCalculatorProviderBuilder().build();
  }
}
