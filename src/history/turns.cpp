#include "history/turns.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace ringback::history {
namespace {

/// 0: none yet, or it is none.
std::uint64_t number_in(int fd) {
  std::array<char, 20> text{};
  const auto size = ::pread(fd, text.data(), text.size(), 0);
  std::uint64_t number = 0;
  if (size > 0 && std::from_chars(text.data(), text.data() + size, number).ec != std::errc()) return 0;
  return number;
}

/// Always as long, and in its place: a full disk has room for it. Where it cannot be written the order is not kept, and nothing else is wrong.
void write_number(int fd, std::uint64_t number) {
  const auto text = fmt::format("{:019}\n", number);
  (void)!::pwrite(fd, text.data(), text.size(), 0);
}

constexpr off_t behind_the_number = 20;
constexpr char remembered = '+';

}  // namespace

bool has_remembered(const UniqueFd& lock) {
  char mark = 0;
  return ::pread(lock.get(), &mark, 1, behind_the_number) == 1 && mark == remembered;
}

void note_remembered(const UniqueFd& lock) {
  if (!has_remembered(lock)) (void)!::pwrite(lock.get(), &remembered, 1, behind_the_number);
}

std::uint64_t next_number(const UniqueFd& lock) {
  constexpr std::uint64_t end = 1'000'000'000'000'000'000;   // so many checks nobody makes
  const auto number = number_in(lock.get()) % end + 1;
  write_number(lock.get(), number);
  return number;
}

Expected<UniqueFd> take_turn(const std::string& folder, std::optional<std::uint64_t> number, std::chrono::milliseconds patience) {
  auto turn = lock_file(folder + "/telling", patience);
  if (!turn) return turn;
  const UniqueFd newest(::open((folder + "/lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  const auto told = number_in(turn->get());
  const bool is_possible = newest && told <= number_in(newest.get());   // what nobody was given is no number
  if (number && is_possible && told > *number) return failure(Errc::refused, "a later check was quicker");
  if (number) write_number(turn->get(), *number);
  return turn;
}

}  // namespace ringback::history
