/// inadyn.conf(5): "key = value", "key = { value, … }", "provider NAME { … }", "custom NAME { … }", "include("FILE")".
#include <algorithm>

#include "probes/host/text.hpp"
#include "probes/host/updaters.hpp"

namespace ringback::host {
namespace {

constexpr std::size_t most_tokens = 8192;
constexpr std::size_t most_providers = 16;
constexpr unsigned deepest_include = 2;

struct Token {
  std::string text;      ///< a mark is one of = { } ( ) ,
  bool mark = false;
  unsigned line = 0;
};

bool is_mark(char ch) { return std::string_view("={}(),").find(ch) != std::string_view::npos; }
bool is_space(char ch) { return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n'; }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  unsigned line = 1;
  std::size_t at = 0;
  const auto step = [&] {
    if (text[at] == '\n') ++line;
    return text[at++];
  };
  while (at < text.size() && tokens.size() < most_tokens) {
    const char ch = text[at];
    if (is_space(ch)) {
      step();
    } else if (ch == '#') {
      while (at < text.size() && text[at] != '\n') ++at;
    } else if (is_mark(ch)) {
      tokens.push_back({std::string(1, step()), true, line});
    } else {
      Token token{.line = line};
      const char quote = ch == '"' || ch == '\'' ? step() : '\0';
      while (at < text.size() && (quote != 0 ? text[at] != quote : !is_space(text[at]) && !is_mark(text[at]) && text[at] != '#')) {
        if (text[at] == '\\' && at + 1 < text.size()) step();
        token.text += step();
      }
      if (quote != 0 && at < text.size()) step();
      tokens.push_back(std::move(token));
    }
  }
  return tokens;
}

/// What decides about addresses, as it was last said.
struct Settings {
  bool ipv6 = false;
  unsigned ipv6_line = 0;
  std::string interface;
  unsigned interface_line = 0;
  bool command = false;
  unsigned command_line = 0;
  std::optional<std::string> stable_of;   ///< the command lists what stays of this interface, or of the default route's
  unsigned server_line = 0;
  std::string server;
  std::vector<std::string> names;
};

bool is_true(const std::string& word) {
  const auto value = lower(word);
  return value == "true" || value == "yes" || value == "on";
}

class Reader {
 public:
  using Include = std::function<std::string(const std::string&)>;
  explicit Reader(const Include& include) : include_(include) {}

  void read(std::string_view text, Settings& settings, unsigned depth, bool own_file) {
    const auto tokens = tokens_of(text);
    for (std::size_t at = 0; at < tokens.size();) statement(tokens, at, settings, depth, own_file);
  }

  Settings globals;
  std::vector<Settings> providers;

 private:
  static bool is(const std::vector<Token>& tokens, std::size_t at, char mark) {
    return at < tokens.size() && tokens[at].mark && tokens[at].text.front() == mark;
  }

  void statement(const std::vector<Token>& tokens, std::size_t& at, Settings& settings, unsigned depth, bool own_file) {
    const auto& key = tokens[at++];
    if (key.mark) return;
    if (key.text == "include" && is(tokens, at, '(')) {
      if (at + 1 < tokens.size() && !tokens[at + 1].mark && depth < deepest_include) read(include_(tokens[at + 1].text), settings, depth + 1, false);
      while (at < tokens.size() && !is(tokens, at, ')')) ++at;
    } else if ((key.text == "provider" || key.text == "custom") && at < tokens.size() && !tokens[at].mark && is(tokens, at + 1, '{')) {
      at += 2;
      Settings own;
      while (at < tokens.size() && !is(tokens, at, '}')) statement(tokens, at, own, depth, own_file);
      if (providers.size() < most_providers) providers.push_back(std::move(own));
    } else if (is(tokens, at, '=')) {
      ++at;
      std::vector<std::string> values;
      if (is(tokens, at, '{')) {
        for (++at; at < tokens.size() && !is(tokens, at, '}'); ++at)
          if (!tokens[at].mark) values.push_back(tokens[at].text);
        if (at < tokens.size()) ++at;
      } else if (at < tokens.size() && !tokens[at].mark) {
        values.push_back(tokens[at++].text);
      }
      set(key, values, settings, own_file);
    }
  }

  static void set(const Token& key, const std::vector<std::string>& values, Settings& settings, bool own_file) {
    if (values.empty()) return;
    const auto line = own_file ? key.line : 0;   // a line of another file would mislead
    if (key.text == "allow-ipv6") {
      settings.ipv6 = is_true(values.front());
      settings.ipv6_line = line;
    } else if (key.text == "iface") {
      settings.interface = interface_name(values.front());
      settings.interface_line = line;
    } else if (key.text == "checkip-command") {
      settings.command = true;
      settings.command_line = line;
      settings.stable_of = interface_of_stable_list(values.front());
    } else if (key.text == "checkip-server") {
      settings.server_line = line;
      settings.server = host_of_url(values.front());
    } else if (key.text == "hostname") {
      settings.names.insert(settings.names.end(), values.begin(), values.end());
    }
  }

  const Include& include_;
};

Published way_of(const Settings& own, const Settings& globals, bool six) {
  if (own.command || globals.command) {
    const auto& said = own.command ? own : globals;
    if (six && said.stable_of)
      return {.source = AddressSource::interface, .interface = *said.stable_of, .setting = "checkip-command", .line = said.command_line, .skips_temporary = true};
    return {.source = AddressSource::command, .setting = "checkip-command", .line = said.command_line};
  }
  const auto& named = own.interface.empty() ? globals : own;
  if (!named.interface.empty())
    return {.source = AddressSource::interface, .interface = named.interface, .setting = "iface=" + named.interface, .line = named.interface_line};
  return {.source = AddressSource::web, .setting = own.server_line != 0 ? "checkip-server" : "", .line = own.server_line, .service = own.server};
}

}  // namespace

std::vector<Updater> read_inadyn(std::string_view text, const std::function<std::string(const std::string&)>& include) {
  Reader reader(include);
  reader.read(text, reader.globals, 0, true);
  std::vector<Updater> found;
  for (const auto& provider : reader.providers) {
    Updater updater{.ipv4 = way_of(provider, reader.globals, false)};
    if (reader.globals.ipv6) {
      updater.ipv6 = way_of(provider, reader.globals, true);
      if (updater.ipv6.setting.empty()) {
        updater.ipv6.setting = "allow-ipv6=true";
        updater.ipv6.line = reader.globals.ipv6_line;
      }
      // get_address_iface(): of an interface it publishes one address, the first of IPv6. So it does of what a command lists.
      if (updater.ipv6.source == AddressSource::interface) {
        if (!updater.ipv6.skips_temporary) updater.ipv6.skips_temporary = false;
        updater.ipv4 = {};
      }
    }
    for (const auto& name : provider.names) add_name(updater, host_name(name));
    add_updater(found, std::move(updater));
  }
  return found;
}

}  // namespace ringback::host
