#include "digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <vector>

namespace gcsim::cli {

namespace {

class DigestedSource : public trace::Source {
 public:
  explicit DigestedSource(std::shared_ptr<Digest> digest) : digest_(std::move(digest)) {}
  std::optional<std::size_t> read(char* into, std::size_t size) override { return digest_->read(into, size); }
  void interrupt(bool is_on) override { digest_->interrupt(is_on); }

 private:
  std::shared_ptr<Digest> digest_;
};

}  // namespace

struct Digest::State {
  struct Free {
    void operator()(EVP_MD_CTX* freed) const { EVP_MD_CTX_free(freed); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Digest::Digest(std::unique_ptr<trace::Source> source)
    : source_(std::move(source)), state_(std::make_unique<State>()) {
  EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr);
}

Digest::~Digest() = default;

std::unique_ptr<trace::Source> Digest::source_of(std::shared_ptr<Digest> digest) {
  return std::make_unique<DigestedSource>(std::move(digest));
}

std::optional<std::size_t> Digest::read(char* into, std::size_t size) {
  const auto got = source_->read(into, size);
  if (got) {
    EVP_DigestUpdate(state_->context.get(), into, *got);
    at_end_ = *got == 0 && size > 0;
  }
  return got;
}

void Digest::interrupt(bool is_on) {
  source_->interrupt(is_on);
}

void Digest::drain() {
  std::vector<char> rest(std::size_t{1} << 16);
  while (!at_end_ && read(rest.data(), rest.size())) {
  }
}

std::optional<std::string> Digest::hex() const {
  if (!at_end_) return std::nullopt;
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context.get(), bytes.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

}  // namespace gcsim::cli
