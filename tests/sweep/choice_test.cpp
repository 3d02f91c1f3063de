// Which settings are worth looking at, and which one a budget chooses.
#include "gcsim/sweep/choice.h"

#include "doctest/doctest.h"

namespace gcsim::test {
namespace {

using sweep::Budget;
using sweep::Row;

Row row(std::uint64_t visited, Bytes garbage, std::uint64_t longest = 0) {
  Row row;
  row.setting.profile = profile::find("cpython-3.11");
  row.generation[0].visited = visited;
  row.peak_garbage_bytes = garbage;
  row.longest_walk = longest;
  return row;
}

Budget budget(std::string_view name, std::uint64_t limit) {
  return {sweep::find_cost(name), limit};
}

TEST_SUITE("sweep/choice") {
  TEST_CASE("on the front is what no other setting beats in both costs") {
    const Row rows[] = {row(100, 10), row(50, 20), row(60, 20), row(50, 30), row(200, 9), row(50, 20)};
    CHECK(sweep::pareto_front(rows) == std::vector<bool>{true, true, false, false, true, true});
  }

  TEST_CASE("profiles do not compete with each other, and refused events disqualify") {
    std::vector<Row> rows{row(100, 10), row(50, 5), row(1, 1)};
    rows[1].setting.profile = profile::find("cpython-3.13");
    rows[2].refused_events = 1;
    CHECK(sweep::pareto_front(rows) == std::vector<bool>{true, true, false});
  }

  TEST_CASE("a budget for memory is spent on the least work, one for work on the least garbage") {
    const Row rows[] = {row(100, 10), row(50, 20), row(20, 40)};
    const Budget memory[] = {budget("peak_garbage", 20)};
    CHECK_EQ(sweep::choose(rows, memory)->row, 1);
    CHECK_EQ(sweep::choose(rows, memory)->within, 2);
    const Budget work[] = {budget("visited", 50)};
    CHECK_EQ(sweep::choose(rows, work)->row, 1);
  }

  TEST_CASE("the limit itself is within, one less is not") {
    const Row rows[] = {row(100, 10), row(50, 20)};
    const Budget at[] = {budget("peak_garbage", 20)};
    const Budget below[] = {budget("peak_garbage", 19)};
    CHECK_EQ(sweep::choose(rows, at)->row, 1);
    CHECK_EQ(sweep::choose(rows, below)->row, 0);
  }

  TEST_CASE("several budgets hold together") {
    const Row rows[] = {row(100, 10, 5), row(50, 20, 60), row(60, 20, 6)};
    const Budget both[] = {budget("peak_garbage", 20), budget("pause", 10)};
    CHECK_EQ(sweep::choose(rows, both)->row, 2);
  }

  TEST_CASE("if nothing fits, the nearest is named and said not to fit") {
    const Row rows[] = {row(100, 30), row(50, 20), row(10, 90)};
    const Budget memory[] = {budget("peak_garbage", 5)};
    const auto choice = sweep::choose(rows, memory);
    CHECK_FALSE(choice->fits);
    CHECK_EQ(choice->row, 1);
  }

  TEST_CASE("of equal settings the first is chosen") {
    const Row rows[] = {row(50, 20), row(50, 20)};
    const Budget memory[] = {budget("peak_garbage", 20)};
    CHECK_EQ(sweep::choose(rows, memory)->row, 0);
  }
}

}  // namespace
}  // namespace gcsim::test
