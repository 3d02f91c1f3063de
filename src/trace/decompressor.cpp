#include "decompressor.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace gcsim::trace {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kChunk = std::size_t{64} << 10;

// What decompressing a part of the input came to.
struct Step {
  std::size_t taken = 0;  // of the input
  std::size_t made = 0;
  bool is_between_files = false;  // what was begun is complete
  bool is_wrong = false;
  const char* note = "";
};

class Gzip {
 public:
  static constexpr std::string_view kName = "gzip";

  // 16: with the header of gzip, not that of zlib.
  Gzip() { is_set_up_ = inflateInit2(&stream_, MAX_WBITS + 16) == Z_OK; }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() {
    if (is_set_up_) inflateEnd(&stream_);
  }

  Step step(std::string_view in, char* into, std::size_t size) {
    if (!is_set_up_) throw std::bad_alloc();
    // zlib's interface is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(into);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, std::size_t{1} << 30));
    const uInt room = stream_.avail_out;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    Step step;
    step.taken = in.size() - stream_.avail_in;
    step.made = room - stream_.avail_out;
    step.is_between_files = result == Z_STREAM_END;
    step.is_wrong = result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR;
    if (step.is_wrong && stream_.msg != nullptr) step.note = stream_.msg;
    if (step.is_between_files) inflateReset(&stream_);
    return step;
  }

 private:
  z_stream stream_{};
  bool is_set_up_ = false;
};

class Zstd {
 public:
  static constexpr std::string_view kName = "zstd";

  Zstd() : stream_(ZSTD_createDStream()) {}
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() { ZSTD_freeDStream(stream_); }

  Step step(std::string_view in, char* into, std::size_t size) {
    if (stream_ == nullptr) throw std::bad_alloc();
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{into, size, 0};
    const std::size_t result = ZSTD_decompressStream(stream_, &output, &input);
    Step step;
    step.taken = input.pos;
    step.made = output.pos;
    step.is_between_files = result == 0;
    step.is_wrong = ZSTD_isError(result) != 0;
    if (step.is_wrong) step.note = ZSTD_getErrorName(result);
    return step;
  }

 private:
  ZSTD_DStream* stream_;
};

template <class Codec>
class Decompressing final : public Decompressor {
 public:
  explicit Decompressing(LineReader input) : input_(std::move(input)), buffer_(kChunk, '\0') {}

  const std::optional<InputProblem>& problem() const override { return problem_; }
  void interrupt(bool is_on) override { input_.interrupt(is_on); }

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    while (!problem_) {
      if (begin_ == end_ && !fill() && is_between_files_) return 0;
      const Step step = codec_.step({buffer_.data() + begin_, end_ - begin_}, into, size);
      begin_ += step.taken;
      if (step.taken > 0 || step.made > 0) is_between_files_ = step.is_between_files;
      if (step.is_wrong) fail(step.note);
      if (step.made > 0) return step.made;
      if (!problem_ && is_at_end_ && begin_ == end_ && !is_between_files_) cut_off();
    }
    return std::nullopt;
  }

 private:
  LineReader input_;
  Codec codec_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t before_ = 0;  // bytes of the file before the buffer
  bool is_at_end_ = false;
  bool is_between_files_ = true;
  std::optional<InputProblem> problem_;

  bool fill() {
    before_ += end_;
    begin_ = 0;
    end_ = input_.read(buffer_.data(), buffer_.size());
    is_at_end_ = end_ < buffer_.size();
    if (end_ == 0) problem_ = input_.problem();
    return end_ > 0;
  }

  void fail(std::string_view note) {
    problem_ = InputProblem{Fault::damaged, before_ + begin_, std::string(Codec::kName) + " data",
                            "other bytes", std::string(note)};
  }

  void cut_off() {
    problem_ = input_.problem();
    if (problem_) return;
    problem_ =
        InputProblem{Fault::truncated, before_ + end_,
                     "the rest of the " + std::string(Codec::kName) + " data", "the end of the file", ""};
  }
};

}  // namespace

std::optional<Compression> compression_of(std::string_view start) {
  if (start.starts_with("\x1F\x8B"sv)) return Compression::gzip;
  if (start.starts_with("\x28\xB5\x2F\xFD"sv)) return Compression::zstd;
  return std::nullopt;
}

std::string_view without_compression(std::string_view name) {
  for (const std::string_view extension : {".gz"sv, ".zst"sv}) {
    if (name.ends_with(extension)) return name.substr(0, name.size() - extension.size());
  }
  return name;
}

std::unique_ptr<Decompressor> decompress(Compression compression, LineReader input) {
  if (compression == Compression::gzip) return std::make_unique<Decompressing<Gzip>>(std::move(input));
  return std::make_unique<Decompressing<Zstd>>(std::move(input));
}

}  // namespace gcsim::trace
