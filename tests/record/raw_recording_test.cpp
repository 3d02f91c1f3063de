// What the recorder writes, finished to a trace.
#include "gcsim/record/raw_recording.h"

#include <cstdint>
#include <string>

#include "doctest/doctest.h"
#include "raw_by_hand.h"

namespace gcsim::record {
namespace {

// All of it settled.
class File : public TemporaryFile {
 public:
  explicit File(const std::string& bytes) : File(bytes, "", bytes.size()) {}
  File(const std::string& settled, const std::string& newest, std::uint64_t known_as_settled)
      : TemporaryFile("gcsim_raw_recording_test", raw_file(settled, newest, known_as_settled)) {}
};

std::string finished(RawRecording& recording) {
  std::string text;
  char block[64];
  while (const auto got = recording.text->read(block, sizeof block)) {
    if (*got == 0) break;
    text.append(block, *got);
  }
  return text;
}

TEST_SUITE("record/raw recording") {
  TEST_CASE("what was seen later of an object becomes an option of its birth") {
    const File file("trace 1\nalloc 1 tuple size=48\nalloc 12 tuple size=48\noutside 1\ntrack 1\nend 3\n");
    auto opened = open_raw_recording(file.path());
    REQUIRE(opened.recording.has_value());
    CHECK(opened.recording->is_complete);
    CHECK_EQ(finished(*opened.recording),
             "trace 1\nalloc 1 tuple size=48 outside\nalloc 12 tuple size=48\ntrack 1\nend 3\n");
  }

  TEST_CASE("of a program that was killed the whole lines count") {
    std::string bytes = "trace 1\nalloc 1 list size=56\ntra";
    bytes.append(100'000, '\0');
    const File file(bytes);
    auto opened = open_raw_recording(file.path());
    REQUIRE(opened.recording.has_value());
    CHECK_FALSE(opened.recording->is_complete);
    CHECK_EQ(finished(*opened.recording), "trace 1\ncomplete no\nalloc 1 list size=56\n");
  }

  TEST_CASE("a program may be killed before, while and after the newest lines go to the end of the file") {
    const std::string first = "trace 1\nalloc 1 list size=56\n";
    const std::string newest = "alloc 2 list size=56\n";
    const std::uint64_t known = first.size();
    const auto is_whole = [&](const File& file) {
      auto opened = open_raw_recording(file.path());
      REQUIRE(opened.recording.has_value());
      return finished(*opened.recording) == "trace 1\ncomplete no\nalloc 1 list size=56\n" + newest;
    };
    CHECK(is_whole(File(first, newest, known)));
    CHECK(is_whole(File(first + newest.substr(0, 5), newest, known)));
    CHECK(is_whole(File(first + newest, newest, known)));
    const std::string half_gone = std::string(10, '\0') + newest.substr(10);
    CHECK(is_whole(File(first + newest, half_gone, known)));
    CHECK(is_whole(File(first + newest, "", known)));
    CHECK(is_whole(File(first + newest, "", known + newest.size())));
  }

  TEST_CASE("of a program that was killed at once there is an empty file, or zeros") {
    for (const std::size_t size : {0, 1, 64 * 1024}) {
      const TemporaryFile file("gcsim_raw_recording_test", std::string(size, '\0'));
      auto opened = open_raw_recording(file.path());
      REQUIRE(opened.recording.has_value());
      CHECK_FALSE(opened.recording->is_complete);
      CHECK_EQ(finished(*opened.recording), "");
    }
  }

  TEST_CASE("a file that is no raw recording, or one of another form, is refused") {
    const auto refused = [](const std::string& bytes) {
      const TemporaryFile file("gcsim_raw_recording_test", bytes);
      const auto opened = open_raw_recording(file.path());
      CHECK_FALSE(opened.recording.has_value());
      CHECK_EQ(opened.error.where.file, file.path());
      CHECK_EQ(opened.error.where.byte, 0);
      CHECK_EQ(opened.error.expected, "'gcsim raw file 1'");
      return opened.error;
    };
    for (const std::string& bytes : {std::string("trace 1\n"), std::string(200'000, 'x')}) {
      CHECK_EQ(refused(bytes).fault, trace::Fault::damaged);
    }
    std::string window = raw_file("", "trace 1\n", 0);
    window.pop_back();
    const TemporaryFile copy("gcsim_raw_recording_test", window);
    CHECK_EQ(open_raw_recording(copy.path()).error.fault, trace::Fault::truncated);
    std::string later = raw_file("trace 1\n", "", 8);
    later[kRawSettledAt - 1] = '2';
    const auto error = refused(later);
    CHECK_EQ(error.fault, trace::Fault::unsupported_version);
    CHECK_EQ(error.got, "'gcsim raw file 2'");
  }

  TEST_CASE("a recording that ended before the program is incomplete, and tells why") {
    const File file("trace 1\nalloc 1 list size=56\nstopped it is too large\nend 1\n");
    auto opened = open_raw_recording(file.path());
    REQUIRE(opened.recording.has_value());
    CHECK_FALSE(opened.recording->is_complete);
    CHECK_EQ(opened.recording->stopped, "it is too large");
    CHECK_EQ(finished(*opened.recording), "trace 1\ncomplete no\nalloc 1 list size=56\nend 1\n");
  }

  TEST_CASE("a recording longer than the blocks it is read in is passed on whole") {
    std::string bytes = "trace 1\n";
    for (int k = 1; k <= 20'000; ++k) bytes += "alloc " + std::to_string(k) + " list size=56\n";
    const File file(bytes);
    auto opened = open_raw_recording(file.path());
    REQUIRE(opened.recording.has_value());
    CHECK_EQ(finished(*opened.recording), "trace 1\ncomplete no" + bytes.substr(bytes.find('\n')));
  }

  TEST_CASE("a file that is not there is told with its error") {
    const auto opened = open_raw_recording("no such file");
    CHECK_FALSE(opened.recording.has_value());
    CHECK_EQ(opened.error.fault, trace::Fault::input_failed);
    CHECK_EQ(opened.error.note, "No such file or directory");
  }
}

}  // namespace
}  // namespace gcsim::record
