#include "digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <vector>

namespace gcsim::cli {

struct DigestSource::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

DigestSource::DigestSource(std::unique_ptr<trace::Source> source)
    : source_(std::move(source)), state_(std::make_unique<State>()) {
  EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
}

DigestSource::~DigestSource() = default;

std::optional<std::size_t> DigestSource::read(char* into, std::size_t size) {
  const auto got = source_->read(into, size);
  if (got) {
    EVP_DigestUpdate(state_->context.get(), into, *got);
    at_end_ = *got == 0 && size > 0;
  }
  return got;
}

void DigestSource::drain() {
  std::vector<char> rest(std::size_t{1} << 16);
  while (!at_end_ && read(rest.data(), rest.size())) {
  }
}

std::optional<std::string> DigestSource::hex() const {
  if (!at_end_) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context.get(), bytes.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

}  // namespace gcsim::cli
