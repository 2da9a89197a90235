/// Stands where libxtables looks for the code of a match: leaves a file beside itself when somebody loads it.
#include <dlfcn.h>

#include <cstdio>
#include <string>

namespace {

[[gnu::constructor]] void leave_a_mark() {
  Dl_info self{};
  if (::dladdr(reinterpret_cast<void*>(&leave_a_mark), &self) == 0) return;
  if (std::FILE* mark = std::fopen((std::string(self.dli_fname) + ".loaded").c_str(), "w")) std::fclose(mark);
}

}  // namespace
