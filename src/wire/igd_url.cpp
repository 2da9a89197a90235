#include "wire/igd_url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/printable.hpp"

namespace ringback::wire::igd {
namespace {

constexpr std::size_t longest = 1024;
constexpr std::string_view scheme = "http://";

tl::unexpected<Error> wrong(std::string_view text, std::string_view why) {
  return failure(Errc::malformed, fmt::format("URL \"{}\": {}", printable(text, 120), why));
}

bool has_scheme(std::string_view text) {
  const auto end = text.find_first_of(":/?#");
  return end != std::string_view::npos && end > 0 && text[end] == ':';
}

bool is_http(std::string_view text) {
  return std::ranges::equal(text.substr(0, scheme.size()), scheme, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

}  // namespace

std::string Url::to_string() const { return fmt::format("http://{}{}", endpoint.to_string(), target); }

Expected<Url> parse_url(std::string_view text) {
  if (text.size() > longest) return wrong(text, "is too long");
  if (!std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '<' && c != '>' && c != '\\'; }))
    return wrong(text, "has a character that no URL has");
  if (!is_http(text)) return wrong(text, "is not http");
  const auto rest = text.substr(scheme.size(), text.find('#') - scheme.size());
  const auto path = rest.find_first_of("/?");
  const auto authority = rest.substr(0, path);
  const auto host = HostPort::parse(authority, 80);
  const auto address = host ? Address::parse(host->host) : tl::unexpected(host.error());
  if (!address) return wrong(text, "does not name an address");
  if (host->port == 0) return wrong(text, "has port 0");
  Url url{{*address, host->port}, "/"};
  if (path != std::string_view::npos) url.target = fmt::format("{}{}", rest[path] == '/' ? "" : "/", rest.substr(path));
  return url;
}

Expected<Url> resolve_url(const Url& base, std::string_view reference) {
  if (reference.empty()) return wrong(reference, "is empty");
  if (has_scheme(reference)) return parse_url(reference);
  if (reference.starts_with("//")) return parse_url("http:" + std::string(reference));
  const auto path = std::string_view(base.target).substr(0, base.target.find('?'));
  const auto folder = reference.front() == '/' ? std::string_view{} : path.substr(0, path.rfind('/') + 1);
  return parse_url(fmt::format("http://{}{}{}", base.endpoint.to_string(), folder, reference));
}

}  // namespace ringback::wire::igd
