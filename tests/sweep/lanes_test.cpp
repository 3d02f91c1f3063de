// Settings side by side: each lane is what it would be alone.
#include "sweep/lanes.h"

#include <algorithm>
#include <random>
#include <vector>

#include "doctest/doctest.h"
#include "sweep/by_event.h"

namespace gcsim::sweep {
namespace {

// One lane, step by step.
struct Alone {
  std::int64_t level = 0;
  std::int32_t count = 0;
  std::vector<std::uint32_t> held;

  // True: the count reaches the level.
  bool take(const BaseRun& run, std::uint8_t code) {
    if (!step::is_counted(code)) return false;
    const KeptBlocks& list = run.lists[step::list_of(code)];
    std::uint32_t& blocks = held[step::list_of(code)];
    if (step::is_death(code)) {
      if (blocks < list.capacity) {
        ++blocks;
      } else if (count > 0) {
        --count;
      }
      return false;
    }
    if (list.is_reusable && blocks > 0) {
      --blocks;
      return false;
    }
    return ++count >= level && step::may_start_collection(code);
  }
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }

 private:
  std::mt19937 engine_;
};

std::uint8_t any_step(Dice& dice, std::uint32_t lists) {
  const std::uint32_t list = dice.below(lists);
  switch (dice.below(20)) {
    case 0: return step::kEnters;
    case 1: return step::kLeaves;
    case 2: return step::born(list) | step::kQuiet;
    default: return dice.below(100) < 55 ? step::born(list) : step::died(list);
  }
}

TEST_SUITE("sweep/lanes") {
  TEST_CASE("64 counts and their free lists side by side are what each is alone") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      Dice dice(seed);
      BaseRun run;
      run.lists = {{}, {3, true, true, 2}, {80, true, false, 0}, {5, false, true, 5}, {1, true, true, 0}};
      Counts counts(run, 7);
      std::vector<Alone> alone(kLanes);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        alone[lane] = {1 + dice.below(lane % 2 == 0 ? 8 : 200), 7, {}};
        for (const KeptBlocks& list : run.lists) alone[lane].held.push_back(list.held);
        counts.set_level(lane, alone[lane].level);
      }
      for (int k = 0; k < 3'000; ++k) {
        const std::uint8_t code = any_step(dice, static_cast<std::uint32_t>(run.lists.size()));
        LaneSet expected = 0;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          if (alone[lane].take(run, code)) expected |= bit_of(lane);
        }
        REQUIRE(counts.take(code) == expected);
        for_each_lane(expected, [&](std::size_t lane) {
          const auto list = static_cast<std::uint8_t>(1 + dice.below(4));
          const std::uint32_t blocks = dice.below(6);
          counts.reset(lane);
          counts.keep(lane, list, blocks);
          alone[lane].count = 0;
          alone[lane].held[list] = std::min(alone[lane].held[list] + blocks, run.lists[list].capacity);
          if (dice.below(3) != 0) return;
          counts.empty_lists(lane);
          for (std::size_t i = 0; i < run.lists.size(); ++i) {
            if (run.lists[i].is_emptied) alone[lane].held[i] = 0;
          }
        });
        const std::size_t lane = dice.below(kLanes);
        CHECK(counts.count(lane) == alone[lane].count);
        Garbage garbage;
        garbage.is_counted = dice.below(4) != 0;
        garbage.list = static_cast<std::uint8_t>(dice.below(5));
        counts.take_death(lane, garbage);
        if (garbage.is_counted) alone[lane].take(run, step::died(garbage.list));
      }
    }
  }

  TEST_CASE("what is sorted by event keeps its order within one") {
    Dice dice(1);
    std::vector<std::uint64_t> entries;
    for (std::uint32_t k = 0; k < 10'000; ++k) {
      const std::uint32_t event = k % 2 == 0 ? dice.below(500) : dice.below(0xffff'ffff);
      entries.push_back(at_event(event, k));
    }
    auto expected = entries;
    std::stable_sort(expected.begin(), expected.end(),
                     [](std::uint64_t a, std::uint64_t b) { return event_of(a) < event_of(b); });
    sort_by_event(entries);
    CHECK(entries == expected);
  }
}

}  // namespace
}  // namespace gcsim::sweep
