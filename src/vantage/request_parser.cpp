#include "vantage/request_parser.hpp"

namespace ringback::vantage::http {

namespace beast = boost::beast;

void RequestParser::on_request_impl(beast::http::verb /*verb*/, Text method, Text target, int version, Code& error) {
  error = {};
  method_.assign(method.data(), method.size());
  target_.assign(target.data(), target.size());
  version_ = static_cast<unsigned>(version);
}

void RequestParser::on_response_impl(int /*status*/, Text /*reason*/, int /*version*/, Code& error) {
  error = beast::http::error::bad_method;
}

void RequestParser::on_field_impl(beast::http::field name, Text /*name_text*/, Text value, Code& error) {
  error = {};
  if (++fields_ > most_fields_) error = beast::http::error::header_limit;
  if (name == beast::http::field::transfer_encoding) transfer_encoding_ = true;
  if (name == beast::http::field::expect) expects_continue_ = beast::iequals(value, "100-continue");
}

void RequestParser::on_header_impl(Code& error) { error = {}; }

/// A length that is announced costs nothing before the bytes are there.
void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, Code& error) { error = {}; }

std::size_t RequestParser::on_body_impl(Text piece, Code& error) {
  error = {};
  body_.append(piece.data(), piece.size());
  return piece.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/, Code& error) { error = {}; }

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*left*/, Text piece, Code& error) { return on_body_impl(piece, error); }

void RequestParser::on_finish_impl(Code& error) { error = {}; }

}  // namespace ringback::vantage::http
