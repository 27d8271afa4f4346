import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * How long BouncyCastle takes for evidence of N documents of 64 octets under trees of PER_TREE
 * leaves, a token each: to make the N records as octets, and to read and validate each of them,
 * token and all.
 *
 * <p>BouncyCastle 1.72 builds a tree by insertion into a linked list that it walks for each
 * comparison: the time grows with the cube of PER_TREE, and ten thousand leaves take over ten
 * minutes. A hundred to a thousand leaves a tree are kind to it.
 */
final class BouncyCastleBench {
  private BouncyCastleBench() {}

  static void run(int count, int perTree) throws Exception {
    BouncyCastleTsa tsa = new BouncyCastleTsa("BouncyCastle test CA", "BouncyCastle test TSA 2025",
        "2024-01-01T00:00:00Z", "2032-01-01T00:00:00Z");
    List<byte[]> documents = new ArrayList<>(count);
    for (int i = 0; i < count; i++) documents.add(ByteBuffer.allocate(64).putInt(i).array());
    long start = System.nanoTime();
    List<byte[]> made = new ArrayList<>(count);
    for (int i = 0; i < count; i += perTree) {
      made.addAll(make(documents.subList(i, Math.min(count, i + perTree)), tsa));
    }
    tell("make", count, System.nanoTime() - start);
    start = System.nanoTime();
    SignerInformationVerifier verifier = new JcaSimpleSignerInfoVerifierBuilder()
        .setProvider(new BouncyCastleProvider()).build(tsa.certificate());
    for (int i = 0; i < count; i++) {
      ERSEvidenceRecord record = new ERSEvidenceRecord(made.get(i), BouncyCastleTsa.DIGESTS);
      record.validatePresent(new ERSByteData(documents.get(i)), new Date());
      record.validate(verifier);
    }
    tell("validate", count, System.nanoTime() - start);
  }

  private static List<byte[]> make(List<byte[]> documents, BouncyCastleTsa tsa) throws Exception {
    List<ERSData> data = new ArrayList<>(documents.size());
    for (byte[] document : documents) data.add(new ERSByteData(document));
    List<byte[]> made = new ArrayList<>(documents.size());
    for (ERSEvidenceRecord record
        : BouncyCastleMaker.initial(data, BouncyCastleMaker.SHA256, tsa, "2026-05-01T10:00:00Z")) {
      made.add(record.getEncoded());
    }
    return made;
  }

  private static void tell(String what, int count, long nanoseconds) {
    System.out.printf(java.util.Locale.ROOT, "%s %d records: %.3f s%n", what, count,
        nanoseconds / 1e9);
  }
}
