import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.ers.ERSArchiveTimeStamp;
import org.bouncycastle.tsp.ers.ERSArchiveTimeStampGenerator;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;
import org.bouncycastle.tsp.ers.ERSEvidenceRecordGenerator;

/**
 * Makes evidence of every kind with BouncyCastle: single documents, trees, groups, both renewals.
 *
 * <p>Writes documents, {@code *.ers}, {@code ca.pem}, and {@code cases.tsv} with a line for each
 * evidence record: its name, "single" or "group", a time at which it is good, and its documents,
 * by tabs.
 */
final class BouncyCastleMaker {
  static final String SHA256 = NISTObjectIdentifiers.id_sha256.getId();
  static final String SHA512 = NISTObjectIdentifiers.id_sha512.getId();

  private final Path folder;
  private final BouncyCastleTsa first;
  private final BouncyCastleTsa second;
  private final StringBuilder cases = new StringBuilder();

  BouncyCastleMaker(Path folder) throws Exception {
    this.folder = Files.createDirectories(folder);
    first = new BouncyCastleTsa("BouncyCastle test CA", "BouncyCastle test TSA 2025",
        "2024-01-01T00:00:00Z", "2032-01-01T00:00:00Z");
    second = new BouncyCastleTsa("BouncyCastle test CA", "BouncyCastle test TSA 2035",
        "2030-01-01T00:00:00Z", "2060-01-01T00:00:00Z");
  }

  /** One data object, or a group: its name, documents and the object that BouncyCastle hashes. */
  private static final class Subject {
    final String name;
    final List<String> documents;
    final ERSData data;

    Subject(String name, List<String> documents, ERSData data) {
      this.name = name;
      this.documents = documents;
      this.data = data;
    }
  }

  void makeAll() throws Exception {
    writePem(folder.resolve("ca.pem"), first.ca());
    makeThroughRenewals(List.of(single("alone")));
    makeThroughRenewals(List.of(group("group", 3)));
    List<Subject> tree = new ArrayList<>();
    for (int i = 0; i < 5; i++) tree.add(single("tree_" + i));
    tree.add(group("tree_group_of_two", 2));
    tree.add(group("tree_group_of_four", 4));
    makeThroughRenewals(tree);
    Files.writeString(folder.resolve("cases.tsv"), cases);
  }

  private Subject single(String name) throws IOException {
    String document = name + ".txt";
    return new Subject(name, List.of(document), write(document));
  }

  private Subject group(String name, int members) throws IOException {
    List<String> documents = new ArrayList<>();
    List<ERSData> data = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      documents.add(name + "_" + i + ".txt");
      data.add(write(documents.get(i)));
    }
    return new Subject(name, documents, new ERSDataGroup(data));
  }

  private ERSByteData write(String document) throws IOException {
    byte[] octets = ("The content of " + document + ".\n").getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve(document), octets);
    return new ERSByteData(octets);
  }

  // Initial; renewed once and twice; hash-tree renewal of each of these; renewed after that.
  private void makeThroughRenewals(List<Subject> subjects) throws Exception {
    List<ERSEvidenceRecord> records =
        initial(dataOf(subjects), SHA256, first, "2026-05-01T10:00:00Z");
    for (int i = 0; i < subjects.size(); i++) {
      Subject subject = subjects.get(i);
      ERSEvidenceRecord initial = records.get(i);
      ERSEvidenceRecord renewed = renew(initial, first, "2030-05-01T10:00:00Z");
      ERSEvidenceRecord twice = renew(renewed, second, "2031-05-01T10:00:00Z");
      ERSEvidenceRecord tree = renewTree(initial, subject.data, second, "2031-06-01T10:00:00Z");
      ERSEvidenceRecord both = renewTree(twice, subject.data, second, "2036-06-01T10:00:00Z");
      keep(subject, "initial", "2027-01-01", initial);
      keep(subject, "renewed", "2031-01-01", renewed);
      keep(subject, "renewed_twice", "2045-01-01", twice);
      keep(subject, "hashtree_renewed", "2045-01-01", tree);
      keep(subject, "renewed_twice_hashtree_renewed", "2045-01-01", both);
      keep(subject, "renewed_after_both", "2045-01-01",
          renew(both, second, "2040-06-01T10:00:00Z"));
    }
  }

  private static List<ERSData> dataOf(List<Subject> subjects) {
    List<ERSData> data = new ArrayList<>();
    for (Subject subject : subjects) data.add(subject.data);
    return data;
  }

  private void keep(Subject subject, String stage, String at, ERSEvidenceRecord record)
      throws IOException {
    String name = subject.name + "." + stage;
    Files.write(folder.resolve(name + ".ers"), record.getEncoded());
    cases.append(name).append('\t').append(subject.documents.size() == 1 ? "single" : "group")
        .append('\t').append(at);
    for (String document : subject.documents) cases.append('\t').append(document);
    cases.append('\n');
  }

  /** A record for each object, all of one tree and one token, in the order given. */
  static List<ERSEvidenceRecord> initial(List<ERSData> data, String algorithm, BouncyCastleTsa tsa,
      String time) throws Exception {
    ERSArchiveTimeStampGenerator tree = new ERSArchiveTimeStampGenerator(calculator(algorithm));
    tree.addAllData(data);
    TimeStampRequest request = tree.generateTimeStampRequest(requests());
    if (data.size() == 1) {
      ERSArchiveTimeStamp stamp = tree.generateArchiveTimeStamp(tsa.stamp(request, time));
      return List.of(new ERSEvidenceRecordGenerator(BouncyCastleTsa.DIGESTS).generate(stamp));
    }
    List<ERSArchiveTimeStamp> stamps = tree.generateArchiveTimeStamps(tsa.stamp(request, time));
    return new ERSEvidenceRecordGenerator(BouncyCastleTsa.DIGESTS).generate(stamps);
  }

  /** Time-stamp renewal: RFC 4998 section 5.2. */
  static ERSEvidenceRecord renew(ERSEvidenceRecord record, BouncyCastleTsa tsa,
      String time) throws Exception {
    TimeStampRequest request = record.generateTimeStampRenewalRequest(requests());
    return record.renewTimeStamp(tsa.stamp(request, time));
  }

  /** Hash-tree renewal to SHA-512. */
  static ERSEvidenceRecord renewTree(ERSEvidenceRecord record, ERSData data, BouncyCastleTsa tsa,
      String time) throws Exception {
    DigestCalculator sha512 = calculator(SHA512);
    TimeStampRequest request = record.generateHashRenewalRequest(sha512, data, requests());
    return record.renewHash(sha512, data, tsa.stamp(request, time));
  }

  static DigestCalculator calculator(String algorithm) throws Exception {
    return BouncyCastleTsa.DIGESTS.get(
        new AlgorithmIdentifier(new ASN1ObjectIdentifier(algorithm)));
  }

  private static TimeStampRequestGenerator requests() {
    TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
    requests.setCertReq(true);
    return requests;
  }

  static void writePem(Path file, X509CertificateHolder certificate) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
        .encodeToString(certificate.getEncoded());
    Files.writeString(file,
        "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
  }
}
