#include "io/nftables.hpp"

#include <nftables/libnftables.h>

#include <cerrno>
#include <memory>

namespace ringback::io {
namespace {

constexpr std::size_t longest_ruleset = 64U << 20U;

struct ContextDeleter {
  void operator()(nft_ctx* context) const { nft_ctx_free(context); }
};

std::string first_line(const char* text) {
  const std::string_view all(text == nullptr ? "" : text);
  return std::string(all.substr(0, std::min<std::size_t>(all.find('\n'), 200)));
}

const char* command_of(RulesetForm form) {
  switch (form) {
    case RulesetForm::text_of_ipv4: return "list ruleset ip";
    case RulesetForm::text_of_ipv6: return "list ruleset ip6";
    case RulesetForm::json:
    case RulesetForm::text_with_handles: break;
  }
  return "list ruleset";
}

}  // namespace

Expected<std::string> list_ruleset(RulesetForm form) {
  static const std::string what = "list the nftables ruleset";
  const std::unique_ptr<nft_ctx, ContextDeleter> context(nft_ctx_new(NFT_CTX_DEFAULT));
  if (!context) return failure(Errc::exhausted, what + ": out of memory");
  if (nft_ctx_buffer_output(context.get()) != 0 || nft_ctx_buffer_error(context.get()) != 0)
    return failure(Errc::exhausted, what + ": no buffer for the output");
  nft_ctx_output_set_flags(context.get(), form == RulesetForm::json ? NFT_CTX_OUTPUT_JSON : NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_STATELESS);
  if (nft_run_cmd_from_buffer(context.get(), command_of(form)) != 0) {
    const int error = errno;
    const auto said = first_line(nft_ctx_get_error_buffer(context.get()));
    const bool denied = error == EPERM || said.find("Operation not permitted") != std::string::npos;
    return failure(denied ? Errc::not_permitted : Errc::failed, what + ": " + (said.empty() ? std::string("no reason given") : said));
  }
  const char* output = nft_ctx_get_output_buffer(context.get());
  std::string ruleset(output == nullptr ? "" : output);
  if (ruleset.size() > longest_ruleset) return failure(Errc::exhausted, what + ": it is longer than 64 MiB");
  return ruleset;
}

}  // namespace ringback::io
