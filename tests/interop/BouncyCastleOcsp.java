import java.util.Date;

import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;

/**
 * Who answers by OCSP (RFC 6960) whether a certificate is good, at any time.
 *
 * <p>The same answers each time, octet for octet, as those of BouncyCastleTsa. For tests alone.
 */
final class BouncyCastleOcsp {
  private final X509CertificateHolder responder;
  private final ECPrivateKeyParameters key;
  private final boolean own;
  private String revoked = null;
  private String nextUpdate = "2099-01-01T00:00:00Z";

  /** `own`: the certificate is put into the answer, as that of one who is not the CA itself. */
  BouncyCastleOcsp(X509CertificateHolder responder, ECPrivateKeyParameters key, boolean own) {
    this.responder = responder;
    this.key = key;
    this.own = own;
  }

  /** From now on the answer is: revoked at that time, for its key was compromised. */
  BouncyCastleOcsp revokeAt(String time) {
    revoked = time;
    return this;
  }

  /** From now on answers are out of date from then on. */
  BouncyCastleOcsp goodUntil(String time) {
    nextUpdate = time;
    return this;
  }

  /** The answer about a certificate that `ca` issued, given at that time. */
  OCSPResponse answer(X509CertificateHolder certificate, X509CertificateHolder ca, Date when)
      throws Exception {
    BasicOCSPRespBuilder answers =
        new BasicOCSPRespBuilder(new RespID(responder.getSubject()));
    CertificateStatus status = revoked == null ? CertificateStatus.GOOD
        : new RevokedStatus(BouncyCastleTsa.date(revoked), CRLReason.keyCompromise);
    answers.addResponse(
        new CertificateID(BouncyCastleTsa.DIGESTS.get(CertificateID.HASH_SHA1), ca,
            certificate.getSerialNumber()),
        status, when, BouncyCastleTsa.date(nextUpdate), null);
    X509CertificateHolder[] certificates = own ? new X509CertificateHolder[] {responder} : null;
    return new OCSPRespBuilder()
        .build(OCSPRespBuilder.SUCCESSFUL,
            answers.build(BouncyCastleTsa.signer(key), certificates, when))
        .toASN1Structure();
  }
}
