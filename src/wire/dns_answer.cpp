#include "wire/dns_answer.hpp"

#include <algorithm>

namespace ringback::wire::dns {
namespace {

constexpr std::size_t longest_chain = 16;  // as resolvers do; more is a loop or a joke

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::ranges::find(names, name) != names.end(); }

const Record* alias_of(const std::vector<Record>& records, const std::string& owner) {
  const auto found = std::ranges::find_if(records, [&](const Record& r) { return r.type == Type::cname && r.owner == owner; });
  return found == records.end() ? nullptr : &*found;
}

void keep_few(std::vector<std::string>& servers) {
  if (servers.size() <= most_servers_told) return;
  std::ranges::sort(servers);
  servers.resize(most_servers_told);
}

}  // namespace

Resolution follow(const Message& message, const Question& question) {
  Resolution result;
  const auto used = [&](const Record& record) { result.ttl_s = std::min(record.ttl_s, result.ttl_s.value_or(record.ttl_s)); };
  std::string name = question.name;
  while (result.chain.size() < longest_chain && question.type != Type::cname) {
    const auto* alias = alias_of(message.answer, name);
    if (!alias) break;
    name = std::get<std::string>(alias->data);
    if (name == question.name || contains(result.chain, name)) break;  // a loop leads nowhere
    used(*alias);
    result.chain.push_back(name);
  }
  for (const auto& record : message.answer) {
    if (record.owner != name || record.type != question.type) continue;
    if (const auto* address = std::get_if<Address>(&record.data); address && std::ranges::find(result.addresses, *address) == result.addresses.end())
      result.addresses.push_back(*address);
    if (const auto* server = std::get_if<std::string>(&record.data); server && !contains(result.servers, *server))
      result.servers.push_back(*server);
    used(record);
  }
  keep_few(result.servers);
  return result;
}

std::optional<Referral> referral(const Message& message, const std::string& name, const std::string& zone) {
  if (message.rcode != 0 || message.authoritative || !message.answer.empty()) return std::nullopt;
  Referral result;
  for (const auto& record : message.authority) {
    if (record.type != Type::ns || record.owner == zone || !is_within(record.owner, zone) || !is_within(name, record.owner)) continue;
    if (result.zone.empty()) result.zone = record.owner;
    const auto& server = std::get<std::string>(record.data);
    if (record.owner == result.zone && !contains(result.servers, server)) result.servers.push_back(server);
  }
  if (result.servers.empty()) return std::nullopt;
  keep_few(result.servers);
  return result;
}

std::vector<Address> addresses_beside(const Message& message, const std::string& server) {
  std::vector<Address> result;
  for (const auto& record : message.additional)
    if (const auto* address = std::get_if<Address>(&record.data); address && record.owner == server) result.push_back(*address);
  return result;
}

std::size_t foreign_records(const Message& message, const Question& question) {
  const auto read = follow(message, question);
  return static_cast<std::size_t>(std::ranges::count_if(message.answer, [&](const Record& record) {
    return (record.type == question.type || record.type == Type::cname) && record.owner != question.name && !contains(read.chain, record.owner);
  }));
}

Message essence(Message message, const Question& question) {
  const auto read = follow(message, question);
  std::vector<Record> answer;
  bool has_address = false;
  for (const auto& record : message.answer) {
    if (record.owner != question.name && !contains(read.chain, record.owner)) continue;
    if (record.type != Type::cname && record.type != question.type) continue;
    if (std::holds_alternative<Address>(record.data) && std::exchange(has_address, true)) continue;
    answer.push_back(record);
  }
  if (answer.empty() && !message.answer.empty()) answer.push_back(message.answer.front());   // what nobody asked for makes no referral of it
  message.answer = std::move(answer);

  std::erase_if(message.authority, [](const Record& record) { return record.type != Type::ns; });
  std::vector<std::string> servers;
  for (const auto* section : {&message.answer, &message.authority})
    for (const auto& record : *section)
      if (record.type == Type::ns) servers.push_back(std::get<std::string>(record.data));
  std::erase_if(message.additional, [&](const Record& record) { return !contains(servers, record.owner); });
  for (auto* section : {&message.answer, &message.authority, &message.additional}) section->shrink_to_fit();
  return message;
}

}  // namespace ringback::wire::dns
