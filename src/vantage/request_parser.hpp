#pragma once
/// Reads one request by Beast's grammar (RFC 9112) and keeps of it what is looked at, so that a stranger who sends a thousand header fields
/// makes nothing grow.
#include "vantage/asio.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <string>

namespace ringback::vantage::http {

class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  /// A request with more header fields, trailers included, is an error, and too_many_fields() says that it was this one.
  void field_limit(std::size_t most) { most_fields_ = most; }
  [[nodiscard]] bool too_many_fields() const { return fields_ > most_fields_; }
  [[nodiscard]] const std::string& method() const { return method_; }
  [[nodiscard]] const std::string& target() const { return target_; }
  [[nodiscard]] unsigned version() const { return version_; }       ///< 10 or 11
  [[nodiscard]] bool has_transfer_encoding() const { return transfer_encoding_; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] std::string take_body() { return std::move(body_); }   ///< at most as long as body_limit() allowed

 private:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;
  void on_request_impl(boost::beast::http::verb verb, Text method, Text target, int version, Code& error) override;
  void on_response_impl(int status, Text reason, int version, Code& error) override;
  void on_field_impl(boost::beast::http::field name, Text name_text, Text value, Code& error) override;
  void on_header_impl(Code& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& error) override;
  std::size_t on_body_impl(Text piece, Code& error) override;
  void on_chunk_header_impl(std::uint64_t size, Text extensions, Code& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t left, Text piece, Code& error) override;
  void on_finish_impl(Code& error) override;

  std::string method_, target_, body_;
  std::size_t fields_ = 0, most_fields_ = 64;
  unsigned version_ = 11;
  bool transfer_encoding_ = false, expects_continue_ = false;
};

}  // namespace ringback::vantage::http
