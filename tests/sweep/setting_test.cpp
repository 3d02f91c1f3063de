// The grid: which settings a sweep has, and in which order.
#include "gcsim/sweep/setting.h"

#include "doctest/doctest.h"

namespace gcsim::test {
namespace {

using sweep::Axes;
using sweep::Setting;

std::vector<std::string> words_of(const std::vector<Setting>& settings) {
  std::vector<std::string> all;
  for (const Setting& s : settings) all.push_back(std::string(s.profile->name) + " " + sweep::words(s));
  return all;
}

using Words = std::vector<std::string>;

TEST_SUITE("sweep/setting") {
  TEST_CASE("the default setting comes first, then all combinations, the first axis slowest") {
    Axes axes;
    axes.threshold = {{{100, 200}, {}, {5, 10}}};
    CHECK(words_of(sweep::expand(axes, {})) == Words{"cpython-3.11 700, 10, 10", "cpython-3.11 100, 10, 5",
                                                     "cpython-3.11 100, 10, 10", "cpython-3.11 200, 10, 5",
                                                     "cpython-3.11 200, 10, 10"});
  }

  TEST_CASE("an axis without values has the trace's own one, or else the profile's") {
    trace::Header header;
    header.threshold = {300};
    Axes axes;
    axes.profiles = {profile::find("cpython-3.11"), profile::find("cpython-3.13")};
    axes.threshold[1] = {3};
    CHECK(words_of(sweep::expand(axes, header)) ==
          Words{"cpython-3.11 300, 10, 10", "cpython-3.11 300, 3, 10", "cpython-3.13 300, 3, 10"});
    CHECK(words_of(sweep::expand(axes, {})) ==
          Words{"cpython-3.11 700, 10, 10", "cpython-3.11 700, 3, 10", "cpython-3.13 2000, 3, 10"});
  }

  TEST_CASE("no setting is there twice") {
    Axes axes;
    axes.threshold[0] = {700, 100, 100};
    CHECK(words_of(sweep::expand(axes, {})) == Words{"cpython-3.11 700, 10, 10", "cpython-3.11 100, 10, 10"});
  }

  TEST_CASE("a disabled collector is one setting for each profile, a freeze one more for each setting") {
    Axes axes;
    axes.threshold[0] = {100};
    axes.with_disabled = true;
    axes.freeze_at = {9};
    CHECK(words_of(sweep::expand(axes, {})) == Words{"cpython-3.11 700, 10, 10", "cpython-3.11 100, 10, 10",
                                                     "cpython-3.11 100, 10, 10, frozen at 9",
                                                     "cpython-3.11 disabled"});
    CHECK_EQ(axes.size(), 3);
  }

  TEST_CASE("what is not said of a listed setting is as in the default") {
    trace::Header header;
    header.enabled = false;
    const Setting setting = sweep::complete({nullptr, {-1, 3, -1}, true, 0}, header);
    CHECK_EQ(setting.threshold[0], 700);
    CHECK_EQ(setting.threshold[1], 3);
    CHECK_FALSE(setting.enabled);
  }

  TEST_CASE("what a program has to say for a setting") {
    const auto* profile = profile::find("cpython-3.11");
    CHECK_EQ(sweep::python_words({profile, {5000, 20, 100}, true, 0}), "gc.set_threshold(5000, 20, 100)");
    CHECK_EQ(sweep::python_words({profile, {700, 10, 10}, false, 7}),
             "gc.disable(); gc.freeze() behind event 7");
  }
}

}  // namespace
}  // namespace gcsim::test
