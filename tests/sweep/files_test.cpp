// Results as files: what is written can be read again, and what is damaged is not taken for results.
#include "doctest/doctest.h"
#include "gcsim/sweep/report.h"

namespace gcsim::test {
namespace {

using sweep::Row;
using sweep::Sweep;

Sweep example() {
  Sweep sweep;
  sweep.facts = {"app.trace", "ab12", 4'000'000'000, false, "replay", "why", true, 9, "00ff", {2, 3}, "0.1"};
  Row row;
  row.setting = {profile::find("cpython-3.8"), {700, 0, 3}, false, 12};
  std::uint64_t n = 0xf000'0000'0000'0000;  // larger than a signed number
  for (const sweep::Figure& figure : sweep::figures()) figure.in(row) = n++;
  sweep.rows = {row, row};
  sweep.rows[1].setting.freeze_at = 0;
  sweep.base = 1;
  return sweep;
}

sweep::ResultsError error_of(const std::string& text) {
  const auto parsed = sweep::parse_json_lines(text);
  const auto* error = std::get_if<sweep::ResultsError>(&parsed);
  REQUIRE(error != nullptr);
  return *error;
}

TEST_SUITE("sweep/files") {
  TEST_CASE("JSON Lines are read as they were written") {
    const Sweep written = example();
    const auto parsed = sweep::parse_json_lines(sweep::json_lines_of(written));
    if (const auto* error = std::get_if<sweep::ResultsError>(&parsed)) FAIL(error->what);
    CHECK(std::get<Sweep>(parsed).facts == written.facts);
    CHECK(std::get<Sweep>(parsed).rows == written.rows);
    CHECK(std::get<Sweep>(parsed).base == written.base);
  }

  TEST_CASE("a damaged line is an error with its number") {
    const std::string text = sweep::json_lines_of(example());
    CHECK_EQ(error_of(text.substr(0, text.size() - 1)).line, 3);
    CHECK_EQ(error_of("").line, 1);
    CHECK_EQ(error_of("{}\n").what, "no \"schema\"");
    CHECK_EQ(error_of("{\"schema\":\"gcsim.sweep/2\"}\n").what,
             "expected schema gcsim.sweep/1, got 'gcsim.sweep/2'");
    std::string without = text;
    without.replace(without.find("\"visited_1\""), 11, "\"visited_9\"");
    CHECK_EQ(error_of(without).line, 2);
    CHECK_EQ(error_of(without).what, "no \"visited_1\"");
  }

  TEST_CASE("the digest of a grid knows its order") {
    std::vector<sweep::Setting> settings{example().rows[0].setting, example().rows[1].setting};
    const std::string digest = sweep::digest_of(settings);
    std::swap(settings[0], settings[1]);
    CHECK_NE(sweep::digest_of(settings), digest);
    CHECK_EQ(digest.size(), 16);
  }

  TEST_CASE("each setting belongs to exactly one shard") {
    for (std::size_t setting = 0; setting < 10; ++setting) {
      int shards = 0;
      for (std::uint32_t number = 1; number <= 3; ++number)
        shards += sweep::Shard{number, 3}.has(setting) ? 1 : 0;
      CHECK_EQ(shards, 1);
    }
  }

  TEST_CASE("CSV has a column for each figure, and 1 for what is on the front") {
    const std::string csv = sweep::csv_of(example());
    CHECK(csv.starts_with("profile,threshold_0,threshold_1,threshold_2,enabled,freeze_at,collections_0,"));
    CHECK_NE(csv.find("\ncpython-3.8,700,0,3,0,12,"), std::string::npos);
  }
}

}  // namespace
}  // namespace gcsim::test
