#pragma once
/// TLS to an MQTT broker. libmosquitto would look the broker's name up itself, without a deadline, and dial its first address alone; dialled by
/// address, it would hold the certificate against that. So it gets a context of ours, which knows the name.
#include <memory>
#include <optional>
#include <string>

#include "base/expected.hpp"

struct ssl_ctx_st;

namespace ringback::publish {

class TlsContext {
 public:
  /// `authorities`: PEM; absent: those of the system. Errc::invalid_input where it holds no certificate.
  [[nodiscard]] static Expected<std::unique_ptr<TlsContext>> make(const std::string& host, const std::optional<std::string>& authorities);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// OpenSSL's context (SSL_CTX). This object must outlive its connections.
  [[nodiscard]] ssl_ctx_st* get() const { return context_; }
  /// Why the certificate was not accepted, in OpenSSL's words; empty where it was, or none came.
  [[nodiscard]] const std::string& objection() const { return objection_; }
  /// errno of what broke the connection in the midst of a handshake; 0 where nothing did. libmosquitto 2.0.11 calls that success and tries the
  /// handshake again at once, for ever.
  [[nodiscard]] int broken_by() const { return broken_by_; }

 private:
  explicit TlsContext(std::string host) : host_(std::move(host)) {}
  friend struct TlsCallbacks;

  std::string host_;
  std::string objection_;
  int broken_by_ = 0;
  ssl_ctx_st* context_ = nullptr;
};

}  // namespace ringback::publish
