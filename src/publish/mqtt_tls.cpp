#include "publish/mqtt_tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>

#include "net/address.hpp"

namespace ringback::publish {

struct TlsCallbacks {
  /// The chain and the name (set in the parameters) are held against the certificate as ever; the reason is kept.
  static int verify(X509_STORE_CTX* store, TlsContext& context) {
    const int verified = X509_verify_cert(store);
    if (verified != 1) context.objection_ = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    return verified;
  }
  /// At the beginning of a handshake: libmosquitto has put what it dialled into the server name indication (RFC 6066 §3), which an address
  /// must not be.
  static void name_server(SSL* ssl) {
    const auto& context = context_of(ssl);
    const char* name = Address::parse(context.host_) ? nullptr : context.host_.c_str();
    SSL_set_tlsext_host_name(ssl, name);
  }
  /// Where a handshake pauses or ends. The first error tells why; what is written after that to a dead socket says EPIPE alone.
  static void paused(const SSL* ssl, int result, int system_error) {
    auto& context = context_of(ssl);
    if (context.broken_by_ == 0 && SSL_get_error(ssl, result) == SSL_ERROR_SYSCALL) context.broken_by_ = system_error;
  }
  static TlsContext& context_of(const SSL* ssl) { return *static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl))); }
  static bool configure(TlsContext& context, const std::optional<std::string>& authorities);
};

namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

extern "C" {
static int ringback_verify(X509_STORE_CTX* store, void* user) { return TlsCallbacks::verify(store, *static_cast<TlsContext*>(user)); }
static void ringback_tls_info(const SSL* ssl, int where, int result) {
  const int system_error = errno;
  if ((where & SSL_CB_EXIT) != 0 && result <= 0) TlsCallbacks::paused(ssl, result, system_error);
  if ((where & SSL_CB_HANDSHAKE_START) != 0) TlsCallbacks::name_server(const_cast<SSL*>(ssl));
}
}

/// How many certificates were taken.
int add_authorities(X509_STORE* store, const std::string& pem) {
  const std::unique_ptr<BIO, BioDeleter> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  int added = 0;
  while (bio) {
    const std::unique_ptr<X509, CertificateDeleter> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate || X509_STORE_add_cert(store, certificate.get()) != 1) break;
    ++added;
  }
  ERR_clear_error();   // the end of the text is one
  return added;
}

}  // namespace

bool TlsCallbacks::configure(TlsContext& context, const std::optional<std::string>& authorities) {
  SSL_CTX* tls = context.context_;
  if (tls == nullptr || SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) return false;
  if (!authorities && SSL_CTX_set_default_verify_paths(tls) != 1) return false;
  X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(tls);
  const bool is_address = Address::parse(context.host_).has_value();
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if ((is_address ? X509_VERIFY_PARAM_set1_ip_asc(expected, context.host_.c_str())
                  : X509_VERIFY_PARAM_set1_host(expected, context.host_.c_str(), context.host_.size())) != 1)
    return false;
  SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(tls, ringback_verify, &context);
  SSL_CTX_set_app_data(tls, &context);
  SSL_CTX_set_info_callback(tls, ringback_tls_info);
  return true;
}

Expected<std::unique_ptr<TlsContext>> TlsContext::make(const std::string& host, const std::optional<std::string>& authorities) {
  std::unique_ptr<TlsContext> context(new TlsContext(host));
  context->context_ = SSL_CTX_new(TLS_client_method());
  if (!TlsCallbacks::configure(*context, authorities)) return failure(Errc::exhausted, "prepare TLS");
  if (authorities && add_authorities(SSL_CTX_get_cert_store(context->context_), *authorities) == 0)
    return failure(Errc::invalid_input, "the file of --mqtt-ca holds no certificate (PEM)");
  return context;
}

TlsContext::~TlsContext() {
  if (context_ != nullptr) SSL_CTX_free(context_);
}

}  // namespace ringback::publish
