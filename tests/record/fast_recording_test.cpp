// The raw records of the fast mode, finished to a trace: what is found late stands where it belongs.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/record/raw_recording.h"
#include "raw_by_hand.h"
#include "raw_codes.h"

namespace gcsim::record {
namespace {

class Raw {
 public:
  Raw& record(unsigned code, std::initializer_list<std::uint64_t> numbers = {}) {
    bytes_ += static_cast<char>(code);
    for (std::uint64_t number : numbers) put(number);
    return *this;
  }
  Raw& text(unsigned code, const std::string& text) {
    record(code, {text.size()});
    bytes_ += text;
    return *this;
  }
  Raw& birth(std::uint64_t type, std::uint64_t size, unsigned flags = 0) {
    return record(kRawBirth | flags, {type, size});
  }
  Raw& death(unsigned flags, std::initializer_list<std::uint64_t> numbers) {
    return record(kRawDeath | flags, numbers);
  }
  Raw& tick() { return record(kRawTick); }
  Raw& end() { return record(kRawEnd, {0, 100, 10, 10, 3, 1, 0, 7, 6, 0}); }
  void cut(std::size_t bytes) { bytes_.resize(bytes_.size() - bytes); }
  const std::string& bytes() const { return bytes_; }

  // The lines of the trace, without the header.
  std::string events(bool is_complete = true) const {
    const std::string all = std::string(RAW_FAST_MAGIC) + "trace 1\nrecording approximate\n\n" + bytes_;
    const TemporaryFile file("gcsim_fast_recording_test", raw_file(all, "", all.size()));
    auto opened = open_raw_recording(file.path());
    REQUIRE(opened.recording.has_value());
    CHECK_EQ(opened.recording->is_complete, is_complete);
    std::string text;
    char block[64];
    while (const auto got = opened.recording->text->read(block, sizeof block)) {
      if (*got == 0) break;
      text.append(block, *got);
    }
    const std::string header = "trace 1\nrecording approximate\n";
    REQUIRE_EQ(text.substr(0, header.size()), header);
    return text.substr(header.size());
  }

 private:
  void put(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>(number | 0x80);
    bytes_ += static_cast<char>(number);
  }

  std::string bytes_;
};

const std::string kObserved = "observed threshold=100,10,10 collections=3,1,0 collected=7,6,0\n";

TEST_SUITE("record/fast recording") {
  TEST_CASE(
      "objects are tracked from their birth on unless the first tick, or their death before it, says "
      "otherwise") {
    Raw raw;
    raw.text(kRawType, "list").text(kRawType, "my type");
    raw.birth(0, 72).birth(1, 64).birth(0, 72).record(kRawDeath, {0}).birth(0, 72);
    raw.death(kRawWasTracked, {0}).record(kRawUntracked, {2}).tick().record(kRawTrack, {2}).end();
    CHECK_EQ(raw.events(),
             kObserved +
                 "alloc 1 list size=72\ntrack 1\nalloc 2 \"my type\" size=64\nalloc 3 list size=72\n"
                 "die 3\nalloc 4 list size=72\ntrack 4\ndie 4\ntick\ntrack 2\nend 10\n");
  }

  TEST_CASE("garbage stands at the tick at which it was seen alive, with the births since then as its span") {
    Raw raw;
    raw.text(kRawType, "list")
        .birth(0, 72)
        .birth(0, 72)
        .tick()
        .birth(0, 72)
        .birth(0, 72)
        .tick()
        .birth(0, 72)
        .tick();
    raw.record(kRawGarbage, {2, 2, 5})
        .record(kRawMember, {4, 16, 1, 3})
        .record(kRawMember, {3, 0, 1, 4})
        .end();
    CHECK_EQ(raw.events(),
             kObserved +
                 "alloc 1 list size=72\ntrack 1\nalloc 2 list size=72\ntrack 2\ntick\nown 1 16\n"
                 "garbage 1 2 span 3\ngarbage 2 1 span 3\nalloc 3 list size=72\ntrack 3\n"
                 "alloc 4 list size=72\ntrack 4\ntick\nalloc 5 list size=72\ntrack 5\ntick\nend 16\n");
  }

  TEST_CASE("what refers to a younger object was alive when that was born") {
    Raw raw;
    raw.text(kRawType, "list").birth(0, 72).tick().birth(0, 72).birth(0, 72).tick();
    raw.record(kRawGarbage, {1, 1, 3}).record(kRawEdges, {1, 2}).record(kRawMember, {2, 0, 1, 1}).end();
    CHECK_EQ(raw.events(), kObserved +
                               "alloc 1 list size=72\ntrack 1\ntick\nalloc 2 list size=72\ntrack 2\n"
                               "garbage 1 1 2 span 1\nalloc 3 list size=72\ntrack 3\ntick\nend 9\n");
  }

  TEST_CASE("garbage stands where the last thing died that referred to it, if it was not seen alive later") {
    Raw raw;
    raw.text(kRawType, "list").birth(0, 72).tick().birth(0, 72).death(0, {0}).birth(0, 72).tick();
    raw.record(kRawGarbage, {1, 1, 1}).record(kRawMember, {2, 0, 0}).end();
    CHECK_EQ(raw.events(), kObserved +
                               "alloc 1 list size=72\ntrack 1\ntick\nalloc 2 list size=72\n"
                               "garbage 1\ndie 2\nalloc 3 list size=72\ntrack 3\ntick\nend 9\n");
  }

  TEST_CASE("what garbage refers to is not garbage before it, even if it was not looked at for longer") {
    Raw raw;
    raw.text(kRawType, "list").birth(0, 72).birth(0, 72).tick().birth(0, 72).tick();
    raw.record(kRawGarbage, {1, 0, 3}).record(kRawMember, {1, 0, 1, 2}).tick();
    raw.record(kRawGarbage, {1, 2, 3}).record(kRawMember, {2, 0, 0}).end();
    CHECK_EQ(raw.events(), kObserved +
                               "alloc 1 list size=72\ntrack 1\nalloc 2 list size=72\ntrack 2\ntick\n"
                               "alloc 3 list size=72\ntrack 3\ntick\ngarbage 2 1\ngarbage 1\ntick\nend 11\n");
  }

  TEST_CASE("garbage that was tracked late is tracked where it is garbage") {
    Raw raw;
    raw.text(kRawType, "dict").birth(0, 64).record(kRawUntracked, {0}).tick().birth(0, 64);
    raw.record(kRawTrack, {1}).tick().record(kRawGarbage, {1, 1, 2}).record(kRawMember, {1, 0, 0}).end();
    CHECK_EQ(raw.events(), kObserved +
                               "alloc 1 dict size=64\ntick\ntrack 1\ngarbage 1 span 1\nalloc 2 dict size=64\n"
                               "track 2\ntick\nend 7\n");
  }

  TEST_CASE("garbage that begins together stands together, whatever of it was tracked late") {
    Raw raw;
    raw.text(kRawType, "dict").birth(0, 64).birth(0, 64).record(kRawUntracked, {0}).tick().birth(0, 64);
    raw.record(kRawTrack, {1}).tick();
    raw.record(kRawGarbage, {2, 1, 3})
        .record(kRawMember, {2, 8, 1, 1})
        .record(kRawMember, {1, 0, 1, 2})
        .end();
    CHECK_EQ(raw.events(), kObserved +
                               "alloc 1 dict size=64\ntrack 1\nalloc 2 dict size=64\ntick\n"
                               "track 2\nown 1 8\ngarbage 1 2 span 1\ngarbage 2 1 span 1\n"
                               "alloc 3 dict size=64\ntrack 3\ntick\nend 11\n");
  }

  TEST_CASE("flags, sizes, memory and events") {
    Raw raw;
    raw.text(kRawType, "code").birth(0, 400, kRawError | kRawCheckBefore).record(kRawElder, {0, 300});
    raw.death(kRawIsPinned, {1, 40, 1, 0}).record(kRawMemory, {9}).record(kRawMemory, {8});
    raw.text(kRawEvent, "gc collect 2")
        .record(kRawResize, {0, 80})
        .record(kRawAtomic, {0})
        .record(kRawUntrack, {0});
    raw.birth(0, 8, kRawReuse).birth(0, 8, kRawBypass).birth(0, 8, kRawKept).end();
    CHECK_EQ(raw.events(),
             kObserved +
                 "check\nalloc 1 code size=400 error\nalloc 2 code size=300 before\nown 1 40\ndie 1 2\n"
                 "memory -5\nmemory 4\ngc collect 2\nresize 2 80\natomic 2\nuntrack 2\n"
                 "alloc 3 code size=8 reuse\nalloc 4 code size=8 free_list=no\n"
                 "alloc 5 code size=8 before\nend 14\n");
  }

  TEST_CASE(
      "of a program that was killed the whole records count, and no garbage that is not told to its end") {
    Raw raw;
    raw.text(kRawType, "list").birth(0, 72).birth(0, 72).tick();
    raw.record(kRawGarbage, {2, 1, 2}).record(kRawMember, {1, 0, 0}).record(kRawMember, {0, 0, 1, 1});
    raw.cut(1);
    CHECK_EQ(raw.events(false),
             "complete no\nalloc 1 list size=72\ntrack 1\nalloc 2 list size=72\ntrack 2\ntick\n");
  }

  TEST_CASE("a recording that ended before the program is incomplete") {
    Raw raw;
    raw.text(kRawType, "list").birth(0, 72).text(kRawStopped, "enough").end();
    CHECK_EQ(raw.events(false), "complete no\n" + kObserved + "alloc 1 list size=72\ntrack 1\nend 2\n");
  }
}

}  // namespace
}  // namespace gcsim::record
