import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;

/**
 * Makes tests/vectors/other_makers with BouncyCastle: evidence, and beside each a .vec that says
 * what judging it must yield. Run by make.sh there; the same octets come out each time.
 *
 * <p>What BouncyCastle makes is kept as it is; what it can't be talked into is put together here
 * from its tokens, as RFC 4998 has it.
 */
final class BouncyCastleVectors {
  private static final String SHA256 = BouncyCastleMaker.SHA256;
  private static final String SHA512 = BouncyCastleMaker.SHA512;
  private static final String STAMPED = "2026-05-01T10:00:00Z";
  private static final String RENEWED = "2030-05-01T10:00:00Z";
  private static final String TREE_RENEWED = "2035-05-01T10:00:00Z";
  private static final String SOON = "2027-01-01T00:00:00Z";
  private static final String LATE = "2041-06-01T00:00:00Z";

  private final Path folder;
  private String anchors = "ca.pem";
  private final byte[] a = document("a.txt");
  private final byte[] b = document("b.txt");
  private final byte[] other = document("other.txt");

  BouncyCastleVectors(Path folder) {
    this.folder = folder;
  }

  void makeAll() throws Exception {
    Files.write(folder.resolve("a.txt"), a);
    Files.write(folder.resolve("b.txt"), b);
    Files.write(folder.resolve("other.txt"), other);
    BouncyCastleMaker.writePem(folder.resolve("ca.pem"), early().ca());
    BouncyCastleMaker.writePem(folder.resolve("other_ca.pem"),
        new BouncyCastleTsa("Vector CA of others", "none", STAMPED, LATE).ca());
    makeInitial();
    makeRenewed();
    makeByHand();
    makeRevoked();
    makeAnswered();
  }

  private static byte[] document(String name) {
    return ("The content of " + name + ".\n").getBytes(StandardCharsets.UTF_8);
  }

  // Each vector has authorities of its own, so that adding one changes no other.
  private static BouncyCastleTsa early() throws Exception {
    return new BouncyCastleTsa("Vector CA", "Vector TSA 2025", "2024-01-01T00:00:00Z",
        "2032-01-01T00:00:00Z");
  }

  private static BouncyCastleTsa late() throws Exception {
    return new BouncyCastleTsa("Vector CA", "Vector TSA 2030", "2029-01-01T00:00:00Z",
        "2060-01-01T00:00:00Z");
  }

  private ERSData group() {
    return new ERSDataGroup(new ERSByteData(a), new ERSByteData(b));
  }

  private static ERSEvidenceRecord first(BouncyCastleTsa tsa, ERSData... data) throws Exception {
    return BouncyCastleMaker.initial(Arrays.asList(data), SHA256, tsa, STAMPED).get(0);
  }

  private void makeInitial() throws Exception {
    byte[] alone = first(early(), new ERSByteData(a)).getEncoded();
    put("passed", "", "document_without_a_tree", alone, SOON, "a.txt", "RFC 4998 section 3.2");
    put("failed", "HASH_FAILURE", "another_document", alone, SOON, "other.txt",
        "RFC 4998 section 4.3");
    put("indeterminate", "OUT_OF_BOUNDS_NO_POE", "certificate_expired", alone, LATE, "a.txt",
        "RFC 4998 section 5.3");
    anchors = "other_ca.pem";
    put("indeterminate", "NO_CERTIFICATE_CHAIN_FOUND", "anchor_of_another_authority", alone, SOON,
        "a.txt", "RFC 5280 section 6.1");
    anchors = "ca.pem";
    put("failed", "NOT_YET_VALID", "judged_before_it_was_made", alone, "2026-04-01T00:00:00Z",
        "a.txt", "RFC 3161 section 2.4.2");
    byte[] flipped = alone.clone();
    flipped[flipped.length - 1] ^= 1;
    put("failed", "SIG_CRYPTO_FAILURE", "signature_last_bit_flipped", flipped, SOON, "a.txt",
        "RFC 5652 section 5.6");
    ERSData[] leaves = {new ERSByteData(a), new ERSByteData(b), new ERSByteData(other)};
    put("passed", "", "leaf_of_three", first(early(), leaves).getEncoded(), SOON, "a.txt",
        "RFC 4998 section 4.3");
    byte[] together = first(early(), group(), new ERSByteData(other)).getEncoded();
    put("passed", "", "group_beside_a_document", together, SOON, "a.txt b.txt +whole",
        "RFC 4998 section 4.3");
    put("failed", "SIGNED_DATA_NOT_FOUND", "group_member_left_out", together, SOON, "a.txt +whole",
        "RFC 4998 section 4.3");
    put("failed", "HASH_FAILURE", "document_added_to_group", together, SOON,
        "a.txt b.txt other.txt", "RFC 4998 section 4.3 step 2");
    put("passed", "", "one_member_of_a_group", together, SOON, "b.txt", "RFC 4998 section 4.3");
    BouncyCastleTsa bare = early();
    bare.withoutCrl();
    put("indeterminate", "NO_REVOCATION_DATA", "no_revocation_list",
        first(bare, new ERSByteData(a)).getEncoded(), SOON, "a.txt", "RFC 5280 section 6.3");
    put("failed", "NOT_YET_VALID", "stamped_before_its_certificate",
        first(late(), new ERSByteData(a)).getEncoded(), LATE, "a.txt", "RFC 5280 section 6.1");
  }

  private void makeRenewed() throws Exception {
    BouncyCastleTsa tsa = early();
    ERSEvidenceRecord once =
        BouncyCastleMaker.renew(first(tsa, group(), new ERSByteData(other)), tsa, RENEWED);
    ERSEvidenceRecord twice = BouncyCastleMaker.renew(once, late(), "2031-05-01T10:00:00Z");
    ERSEvidenceRecord tree = BouncyCastleMaker.renewTree(twice, group(), late(), TREE_RENEWED);
    put("passed", "", "time_stamp_renewed_twice", twice.getEncoded(), LATE, "a.txt b.txt +whole",
        "RFC 4998 section 5.3 step 2");
    put("passed", "", "both_renewals_of_a_group", tree.getEncoded(), LATE, "a.txt b.txt +whole",
        "RFC 4998 section 5.3 step 3");
    put("failed", "HASH_FAILURE", "both_renewals_another_document", tree.getEncoded(), LATE,
        "a.txt other.txt", "RFC 4998 section 5.3 step 3");
    put("indeterminate", "OUT_OF_BOUNDS_NO_POE", "renewed_after_the_certificate_expired",
        BouncyCastleMaker.renew(first(early(), group()), late(), "2033-05-01T10:00:00Z")
            .getEncoded(), LATE, "a.txt b.txt", "RFC 4998 section 5.3");
  }

  // What BouncyCastle does not make, from its tokens.
  private void makeByHand() throws Exception {
    byte[] hash = hash(SHA256, a);
    byte[] x = hash(SHA256, b);
    byte[] y = hash(SHA256, other);
    byte[] root = hash(SHA256, sorted(hash, x, y));
    byte[] token = stamp(early(), SHA256, root, STAMPED);
    DERSequence wide = archiveTimeStamp(SHA256, token, list(hash), list(x, y));
    put("passed", "", "two_values_in_the_second_list", record(List.of(List.of(wide))), SOON,
        "a.txt", "RFC 4998 section 4.3 step 3; a single hash is carried up as it is");
    byte[] pairFirst = hash(SHA256, sorted(hash, hash(SHA256, sorted(x, y))));
    put("failed", "HASH_FAILURE", "second_list_hashed_by_itself_first",
        record(List.of(List.of(archiveTimeStamp(SHA256,
            stamp(early(), SHA256, pairFirst, STAMPED), list(hash), list(x, y))))), SOON, "a.txt",
        "RFC 4998 section 4.3 step 3; as BouncyCastle 1.72 reads it");
    DERSequence stranger = archiveTimeStamp(SHA256, stamp(late(), SHA256, x, RENEWED), list(x));
    put("failed", "LINK_FAILURE", "renewal_covers_something_else",
        record(List.of(List.of(wide, stranger))), LATE, "a.txt", "RFC 4998 section 5.3 step 2");
    byte[] content = contentOf(token);
    byte[] contentHash = hash(SHA256, content);
    put("failed", "LINK_FAILURE", "renewal_covers_the_content_without_its_tag",
        record(List.of(List.of(wide, archiveTimeStamp(SHA256,
            stamp(late(), SHA256, contentHash, RENEWED), list(contentHash))))), LATE, "a.txt",
        "RFC 4998 section 5.2; every maker known hashes the whole element");
    // The initial tree does not lead to its token, and an honest hash-tree renewal lies over it.
    DERSequence broken = archiveTimeStamp(SHA256, token, list(hash), list(x, x));
    List<DERSequence> chain = List.of(broken);
    put("failed", "HASH_FAILURE", "initial_tree_wrong_under_a_tree_renewal",
        record(List.of(chain, List.of(treeRenewal(chain, a, false)))), LATE, "a.txt",
        "RFC 4998 section 5.3 step 1; BouncyCastle 1.72 accepts it");
    List<DERSequence> good = List.of(wide);
    put("passed", "", "tree_renewal_put_together_by_position",
        record(List.of(good, List.of(treeRenewal(good, a, false)))), LATE, "a.txt",
        "RFC 4998 section 5.2 step 4");
    put("passed", "", "tree_renewal_put_together_sorted",
        record(List.of(good, List.of(treeRenewal(good, a, true)))), LATE, "a.txt",
        "RFC 4998 figure 4");
    put("failed", "LINK_FAILURE", "tree_renewed_over_another_document",
        record(List.of(good, List.of(treeRenewal(good, b, false)))), LATE, "a.txt",
        "RFC 4998 section 5.3 step 3");
  }

  private void makeRevoked() throws Exception {
    // No reason given: nothing that the key ever signed can be relied on.
    BouncyCastleTsa tsa = early();
    ERSEvidenceRecord record = first(tsa, new ERSByteData(a));
    tsa.revokeAt("2028-01-01T00:00:00Z");
    put("failed", "REVOKED_NO_POE", "revoked_without_a_reason_before_it_was_renewed",
        BouncyCastleMaker.renew(record, tsa, RENEWED).getEncoded(), "2031-01-01T00:00:00Z", "a.txt",
        "RFC 3161 section 4 item 1");
  }

  // In place of a list each token holds what a responder answered (RFC 5940 section 2.2).
  private void makeAnswered() throws Exception {
    putAnswered("passed", "", "ocsp_good", early().answeringCa(), "RFC 6960 section 4.2.2.2");
    putAnswered("failed", "REVOKED", "ocsp_revoked_before_it_was_stamped",
        early().answeringCa().revokeAt("2026-04-01T00:00:00Z"), "RFC 3161 section 4 item 1");
    putAnswered("failed", "REVOKED_NO_POE", "ocsp_revoked_before_it_was_renewed",
        early().answeringCa().revokeAt("2026-06-01T00:00:00Z"), "RFC 3161 section 4 item 1");
    putAnswered("indeterminate", "TRY_LATER", "ocsp_out_of_date",
        early().answeringCa().goodUntil("2026-05-08T00:00:00Z"), "RFC 6960 section 3.2 item 6");
    putAnswered("passed", "", "ocsp_by_a_responder_with_the_task",
        early().responder("Vector responder", KeyPurposeId.id_kp_OCSPSigning),
        "RFC 6960 section 4.2.2.2");
    putAnswered("indeterminate", "NO_REVOCATION_DATA", "ocsp_by_one_without_the_task",
        early().responder("Vector server", KeyPurposeId.id_kp_serverAuth),
        "RFC 6960 section 4.2.2.2");
    putAnswered("indeterminate", "NO_REVOCATION_DATA", "ocsp_by_a_responder_of_another_ca",
        new BouncyCastleTsa("Vector CA of others", "none", STAMPED, LATE)
            .responder("Vector responder", KeyPurposeId.id_kp_OCSPSigning),
        "RFC 6960 section 4.2.2.2");
    putAnswered("indeterminate", "NO_REVOCATION_DATA", "ocsp_by_the_wrong_key",
        early().impostor(), "RFC 6960 section 3.2 item 2");
    putAnswered("indeterminate", "NO_REVOCATION_DATA", "ocsp_revoked_says_the_wrong_key",
        early().impostor().revokeAt("2026-04-01T00:00:00Z"), "RFC 6960 section 3.2 item 2");
  }

  private void putAnswered(String verdict, String reason, String what, BouncyCastleOcsp responder,
      String rule) throws Exception {
    BouncyCastleTsa tsa = early();
    tsa.withOcsp(responder);
    put(verdict, reason, what, first(tsa, new ERSByteData(a)).getEncoded(), SOON, "a.txt", rule);
  }

  // The first archive timestamp of the chain by SHA-512 that follows `chain`: RFC 4998 section 5.2.
  private static DERSequence treeRenewal(List<DERSequence> chain, byte[] document, boolean sorted)
      throws Exception {
    byte[] data = hash(SHA512, document);
    byte[] before = hash(SHA512, sequenceOf(chain).getEncoded(ASN1Encoding.DER));
    if (sorted && Arrays.compareUnsigned(data, before) < 0) {
      throw new IllegalStateException("both readings are the same here; take other octets");
    }
    byte[] leaf = hash(SHA512, sorted ? sorted(data, before) : join(data, before));
    return archiveTimeStamp(SHA512, stamp(late(), SHA512, leaf, RENEWED), list(leaf));
  }

  // ArchiveTimeStampSequence of one chain.
  private static DERSequence sequenceOf(List<DERSequence> chain) {
    return new DERSequence(new DERSequence(sequence(chain)));
  }

  private static byte[] stamp(BouncyCastleTsa tsa, String algorithm, byte[] root, String time)
      throws Exception {
    TimeStampRequestGenerator requests = new TimeStampRequestGenerator();
    requests.setCertReq(true);
    return tsa.stamp(requests.generate(new ASN1ObjectIdentifier(algorithm), root), time)
        .getTimeStampToken().toCMSSignedData().toASN1Structure().getEncoded(ASN1Encoding.DER);
  }

  private static DERSequence archiveTimeStamp(String algorithm, byte[] token, DERSequence... lists)
      throws IOException {
    ASN1EncodableVector fields = new ASN1EncodableVector();
    fields.add(new DERTaggedObject(false, 0, identifier(algorithm)));
    fields.add(new DERTaggedObject(false, 2, new DERSequence(lists)));
    fields.add(ASN1Primitive.fromByteArray(token));
    return new DERSequence(fields);
  }

  private static DERSequence identifier(String algorithm) {
    return new DERSequence(new ASN1ObjectIdentifier(algorithm));
  }

  private static DERSequence list(byte[]... hashes) {
    ASN1EncodableVector values = new ASN1EncodableVector();
    for (byte[] hash : hashes) values.add(new DEROctetString(hash));
    return new DERSequence(values);
  }

  private static ASN1EncodableVector sequence(List<DERSequence> elements) {
    ASN1EncodableVector vector = new ASN1EncodableVector();
    for (DERSequence element : elements) vector.add(element);
    return vector;
  }

  private static byte[] record(List<List<DERSequence>> chains) throws IOException {
    ASN1EncodableVector algorithms = new ASN1EncodableVector();
    algorithms.add(identifier(SHA256));
    if (chains.size() > 1) algorithms.add(identifier(SHA512));
    List<DERSequence> all = new ArrayList<>();
    for (List<DERSequence> chain : chains) all.add(new DERSequence(sequence(chain)));
    ASN1EncodableVector fields = new ASN1EncodableVector();
    fields.add(new ASN1Integer(1));
    fields.add(new DERSequence(algorithms));
    fields.add(new DERSequence(sequence(all)));
    return new DERSequence(fields).getEncoded(ASN1Encoding.DER);
  }

  // The octets of an element of more than 255 without its tag and length.
  private static byte[] contentOf(byte[] element) {
    return Arrays.copyOfRange(element, 4, element.length);
  }

  private static byte[] sorted(byte[]... hashes) throws IOException {
    byte[][] copy = hashes.clone();
    Arrays.sort(copy, Arrays::compareUnsigned);
    return join(copy);
  }

  private static byte[] join(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) all.write(part);
    return all.toByteArray();
  }

  private static byte[] hash(String algorithm, byte[] octets) throws Exception {
    DigestCalculator calculator = BouncyCastleMaker.calculator(algorithm);
    calculator.getOutputStream().write(octets);
    return calculator.getDigest();
  }

  // "+whole" after the documents: they must be all of their group.
  private void put(String verdict, String reason, String what, byte[] record, String at,
      String documents, String rule) throws IOException {
    String name = verdict + "_" + what;
    Files.write(folder.resolve(name + ".ers"), record);
    boolean whole = documents.endsWith(" +whole");
    Files.writeString(folder.resolve(name + ".vec"),
        "verdict: " + verdict + "\n"
            + (reason.isEmpty() ? "" : "reason: " + reason + "\n")
            + "rule: " + rule + "\nat: " + at + "\nanchors: " + anchors + "\ndocuments: "
            + documents.replace(" +whole", "") + "\n"
            + (whole ? "proof: whole_group\n" : "")
            + "evidence: " + name + ".ers\nmade by: BouncyCastle 1.72; make.sh\n");
  }
}
