// A raw recording's file, made by hand.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "../../tools/record/raw_file.h"
#include "doctest/doctest.h"

namespace gcsim::record {

// What is settled behind its window, and the newest bytes, in that; `known_as_settled`: of the former.
inline std::string raw_file(const std::string& settled, const std::string& newest,
                            std::uint64_t known_as_settled) {
  std::string window(kRawWindow, '\0');
  window.replace(0, kRawSettledAt, RAW_FILE_MARK);
  std::memcpy(window.data() + kRawSettledAt, &known_as_settled, sizeof known_as_settled);
  window.replace(kRawNewestAt, newest.size(), newest);
  return window + settled;
}

class TemporaryFile {
 public:
  // Tests may run side by side.
  TemporaryFile(const std::string& name, const std::string& bytes)
      : path_((std::filesystem::temp_directory_path() / (name + std::to_string(::getpid()))).string()) {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
    std::fclose(file);
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace gcsim::record
