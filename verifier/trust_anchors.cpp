#include "verifier/trust_anchors.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "verifier/certificate_path.hpp"

namespace perdura::verifier {
namespace {

constexpr std::size_t trust_file_size_max = std::size_t{64} << 20;

Error not_readable(const char* kind, std::string where) {
  return {Errc::malformed, std::string("holds no ") + kind + " in DER or PEM", std::move(where),
          std::string("give a file with a ") + kind};
}

bool is_crl(ByteView der) {
  const unsigned char* at = der.data();
  X509_CRL* crl = d2i_X509_CRL(nullptr, &at, static_cast<long>(der.size()));
  const bool whole = crl != nullptr && at == der.data() + der.size();
  X509_CRL_free(crl);
  ERR_clear_error();
  return whole;
}

bool is_certificate(ByteView der) { return read_certificate(der) != nullptr; }

// The PEM blocks with one of two labels, decoded; others are skipped, since files often hold both.
std::vector<Bytes> pem_blocks(ByteView text, std::string_view label, std::string_view old_label) {
  if (text.empty()) return {};  // of nothing there is no BIO
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
  check(bio != nullptr, "memory for PEM");
  std::vector<Bytes> blocks;
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  while (PEM_read_bio(bio.get(), &name, &header, &data, &size) == 1) {
    if (label == name || old_label == name) blocks.emplace_back(data, data + size);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
  }
  ERR_clear_error();
  return blocks;
}

Result<std::vector<Bytes>> read_all(ByteView octets, std::string where, const char* kind,
                                    std::string_view label, std::string_view old_label,
                                    bool (*readable)(ByteView)) {
  if (octets.size() > trust_file_size_max) {
    return Error{Errc::too_large, "is over 64 MiB", where, ""};
  }
  if (readable(octets)) return std::vector<Bytes>{to_bytes(octets)};
  std::vector<Bytes> blocks = pem_blocks(octets, label, old_label);
  if (blocks.empty()) return not_readable(kind, std::move(where));
  for (const Bytes& block : blocks) {
    if (!readable(block)) return not_readable(kind, std::move(where));
  }
  return blocks;
}

}  // namespace

Result<std::vector<Bytes>> read_certificates(ByteView pem_or_der, std::string where) {
  return read_all(pem_or_der, std::move(where), "certificate", "CERTIFICATE", "X509 CERTIFICATE",
                  is_certificate);
}

Result<std::vector<Bytes>> read_crls(ByteView pem_or_der, std::string where) {
  return read_all(pem_or_der, std::move(where), "certificate revocation list", "X509 CRL",
                  "X509 CRL", is_crl);
}

}  // namespace perdura::verifier
