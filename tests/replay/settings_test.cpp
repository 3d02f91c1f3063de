// Which settings win: the command line's over the trace's over the profile's.
#include <array>
#include <string>

#include "doctest/doctest.h"
#include "support/replaying.h"

namespace gcsim::test {
namespace {

using Thresholds = std::array<std::int32_t, 3>;

TEST_SUITE("replay/settings") {
  TEST_CASE("a header that says nothing leaves everything to the default profile") {
    engine::Settings s = settings(*open_bytes("alloc a list\n"));
    CHECK_EQ(s.profile->name, "cpython-3.11");
    CHECK(s.threshold == Thresholds{700, 10, 10});
    CHECK(s.enabled);
    CHECK(s.count == engine::Counts{0, 0, 0});
    CHECK_FALSE(s.explicit_tracking);
  }

  TEST_CASE("the trace's thresholds override the profile's, each by its place") {
    CHECK(settings(*open_bytes("threshold 5\nalloc a list\n")).threshold == Thresholds{5, 10, 10});
    CHECK(settings(*open_bytes("threshold 5 6\nalloc a list\n")).threshold == Thresholds{5, 6, 10});
    CHECK(settings(*open_bytes("threshold 5 6 7\nalloc a list\n")).threshold == Thresholds{5, 6, 7});
  }

  TEST_CASE("the user's thresholds override the trace's, each by its place") {
    Overrides user;
    user.threshold = {1};
    CHECK(settings(*open_bytes("threshold 5 6 7\nalloc a list\n"), user).threshold == Thresholds{1, 6, 7});
    user.threshold = {1, 2, 3};
    CHECK(settings(*open_bytes("threshold 5 6 7\nalloc a list\n"), user).threshold == Thresholds{1, 2, 3});
  }

  TEST_CASE("the user's profile, switch and counts override the trace's") {
    auto reader = open_bytes(
        R"({"gcsim":1,"profile":"textbook","enabled":false,"count":[1,2,3],"events":[{"op":"gc","do":"enable"}]})");
    engine::Settings of_trace = settings(*reader);
    CHECK_EQ(of_trace.profile->name, "textbook");
    CHECK_FALSE(of_trace.enabled);
    CHECK(of_trace.count == engine::Counts{1, 2, 3});
    Overrides user;
    user.profile = profile::find("cpython-3.11");
    user.enabled = true;
    user.count = {7, 8, 9};
    engine::Settings of_user = settings(*reader, user);
    CHECK_EQ(of_user.profile->name, "cpython-3.11");
    CHECK(of_user.enabled);
    CHECK(of_user.count == engine::Counts{7, 8, 9});
  }

  TEST_CASE("a recording's header reaches the engine's settings") {
    auto reader = open_bytes(
        R"({"gcsim":1,"tracking":"explicit","free_lists":{"list":3,"tuple[2]":4},"long_lived_total":99,"events":[{"op":"gc","do":"enable"}]})");
    engine::Settings s = settings(*reader);
    CHECK(s.explicit_tracking);
    CHECK_EQ(s.long_lived_total, 99);
    REQUIRE_EQ(s.free_lists.size(), 2);
    CHECK_EQ(s.free_lists[0].type, "list");
    CHECK_EQ(s.free_lists[0].held, 3);
    CHECK_EQ(s.free_lists[1].type, "tuple");
    CHECK_EQ(s.free_lists[1].length, 2);
    CHECK_EQ(s.free_lists[1].held, 4);
  }

  TEST_CASE("an unknown profile is an error at its place, unless the user names another") {
    auto reader = open_bytes("trace 1\nprofile cpython-1.5\nalloc a list\n", "my.trace");
    auto found = settings_for(reader->header(), {});
    auto* error = std::get_if<trace::TraceError>(&found);
    REQUIRE(error != nullptr);
    CHECK(error->fault == trace::Fault::unknown_profile);
    CHECK_EQ(error->where.file, "my.trace");
    CHECK_EQ(error->where.line, 2);
    CHECK_EQ(error->got, "'cpython-1.5'");
    Overrides user;
    user.profile = profile::find("textbook");
    CHECK_EQ(settings(*reader, user).profile->name, "textbook");
  }

  TEST_CASE("a planned profile is an error that says so") {
    std::string planned(profile::planned().front());
    auto reader = open_bytes("profile " + planned + "\nalloc a list\n");
    auto found = settings_for(reader->header(), {});
    auto* error = std::get_if<trace::TraceError>(&found);
    REQUIRE(error != nullptr);
    CHECK_NE(error->note.find("planned"), std::string::npos);
  }
}

}  // namespace
}  // namespace gcsim::test
