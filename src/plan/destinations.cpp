#include "plan/destinations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/international_name.hpp"
#include "net/url_scheme.hpp"

namespace ringback {
namespace {

constexpr std::size_t longest_url = 2000, longest_host = 253, longest_user = 256, longest_instance = 64;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

tl::unexpected<Error> wrong(std::string what) { return failure(Errc::invalid_input, std::move(what)); }

struct Split {
  std::string_view user_information;   ///< before the "@"
  bool has_user_information = false;
  std::string_view place;              ///< HOST[:PORT]
  std::string_view rest;               ///< from the path on
};

/// Behind "scheme://" (RFC 3986 §3.2).
Split split(std::string_view text) {
  Split parts;
  const auto authority = text.substr(0, text.find_first_of("/?#"));
  parts.rest = text.substr(authority.size());
  const auto at = authority.rfind('@');
  parts.has_user_information = at != std::string_view::npos;
  if (parts.has_user_information) parts.user_information = authority.substr(0, at);
  parts.place = parts.has_user_information ? authority.substr(at + 1) : authority;
  return parts;
}

/// nullopt: no host, or none with this port.
std::optional<HostPort> host_of(std::string_view place, Port usual) {
  if (place.ends_with(':') || (std::ranges::count(place, ':') > 1 && !place.starts_with('['))) return std::nullopt;
  auto parsed = HostPort::parse(place, usual);
  if (!parsed || parsed->port == 0) return std::nullopt;
  if (Address::parse(parsed->host)) return *parsed;
  const auto ascii = name_in_ascii(parsed->host);
  const auto fits = [](char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_'; };
  if (!ascii || ascii->empty() || ascii->size() > longest_host || !std::ranges::all_of(*ascii, fits)) return std::nullopt;
  if (!is_alphanumeric(ascii->front()) || ascii->find("..") != std::string::npos) return std::nullopt;
  return HostPort{*ascii, parsed->port};
}

std::string in_url(const std::string& host) { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }

/// RFC 3986 §2.1; nullopt where it is none, or is no text.
std::optional<std::string> unescape(std::string_view text) {
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  if (std::ranges::any_of(out, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; })) return std::nullopt;
  return out;
}

}  // namespace

Expected<WebDestination> WebDestination::parse(std::string_view text) {
  const auto secure = behind_scheme(text, "https://"), behind = secure ? secure : behind_scheme(text, "http://");
  const auto plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '\\'; });
  if (!behind || !plain || text.size() > longest_url) return wrong("this is no URL; write https://HOST[:PORT]/PATH");
  const auto parts = split(*behind);
  if (parts.has_user_information) return wrong("a user and a password in the URL are not sent; write it without what stands before the \"@\"");
  const auto host = host_of(parts.place, secure ? 443 : 80);
  if (!host) return wrong("the URL has no host that can be asked; write https://HOST[:PORT]/PATH, an IPv6 address in brackets");
  const bool usual = host->port == (secure ? 443 : 80);
  WebDestination result{.host = host->host, .port = host->port};
  result.place = fmt::format("{}://{}{}", secure ? "https" : "http", in_url(host->host), usual ? "" : fmt::format(":{}", host->port));
  result.url = result.place + (parts.rest.starts_with('/') ? "" : "/") +   // "https://HOST?query" has a path as well
               std::string(parts.rest.substr(0, parts.rest.find('#')));
  return result;
}

std::string WebDestination::under(std::string_view path) const {
  const auto query = std::min(url.find('?'), url.size());
  return fmt::format("{}{}{}{}", url.substr(0, query), url[query - 1] == '/' ? "" : "/", path, url.substr(query));
}

Expected<Broker> Broker::parse(std::string_view text) {
  constexpr auto right = "write mqtt://USER@HOST, or mqtts://USER@HOST for TLS";
  const auto tls = behind_scheme(text, "mqtts://"), behind = tls ? tls : behind_scheme(text, "mqtt://");
  if (!behind || text.size() > longest_url) return wrong(fmt::format("this is no broker's URL; {}", right));
  const auto parts = split(*behind);
  if (parts.user_information.find(':') != std::string_view::npos)
    return wrong("a password does not belong into the URL, where every user of this host can read it; write mqtt://USER@HOST, and name a file with "
                 "the password: --mqtt-password-file FILE");
  const auto host = host_of(parts.place, tls ? 8883 : 1883);
  if (!host) return wrong(fmt::format("the URL has no host that can be asked; {}", right));
  if (!parts.rest.empty() && parts.rest != "/") return wrong(fmt::format("a broker's URL ends behind its host and port; {}", right));
  Broker broker{.host = host->host, .port = host->port, .tls = tls.has_value()};
  if (parts.has_user_information) {
    broker.user = unescape(parts.user_information);
    if (!broker.user || broker.user->empty() || broker.user->size() > longest_user) return wrong(fmt::format("the URL has no user before its \"@\"; {}", right));
  }
  return broker;
}

std::string Broker::place() const { return fmt::format("{}:{}", in_url(host), port); }

bool is_instance(std::string_view text) { return !text.empty() && as_instance(text) == text; }

std::string as_instance(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, longest_instance)) out += is_alphanumeric(c) || c == '.' || c == '-' || c == '_' ? c : '_';
  const auto first = std::ranges::find_if(out, is_alphanumeric);
  return std::string(first, out.end());
}

}  // namespace ringback
