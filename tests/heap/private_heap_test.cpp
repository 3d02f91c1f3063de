#include "engine/private_heap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using gcsim::engine::PrivateHeap;
using gcsim::profile::HeapRules;
using Address = PrivateHeap::Address;

// Small pools of 4 KiB, and blocks of 512 bytes: seven in a pool, 448 in an arena.
constexpr HeapRules kRules;
constexpr std::uint32_t kBig = 512;
constexpr int kPerPool = 7;
constexpr int kPerArena = 64 * kPerPool;

std::vector<Address> take(PrivateHeap& heap, int n, std::uint32_t bytes) {
  std::vector<Address> blocks;
  for (int k = 0; k < n; ++k) blocks.push_back(heap.allocate(bytes));
  return blocks;
}

void give_back(PrivateHeap& heap, const std::vector<Address>& blocks, std::size_t from, std::size_t to,
               std::uint32_t bytes) {
  for (std::size_t k = from; k < to; ++k) heap.free(blocks[k], bytes);
}

Address pool_of(Address block) {
  return block / kRules.pool;
}

}  // namespace

TEST_SUITE("private heap") {
  TEST_CASE("requests of one size class share a pool, the next byte takes another") {
    PrivateHeap heap(kRules);
    Address a = heap.allocate(17), b = heap.allocate(32), c = heap.allocate(33);
    CHECK(b == a + 32);
    CHECK(pool_of(c) == pool_of(a) + 1);
    CHECK(heap.stats().pools == 2);
  }

  TEST_CASE("blocks are handed out in the order of addresses, behind the pool's header") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, 253, 16);
    CHECK(blocks.front() % kRules.pool == 48);
    CHECK(blocks.back() == blocks.front() + 252 * 16);
    CHECK(heap.stats().pools == 1);
    CHECK(pool_of(heap.allocate(16)) == pool_of(blocks.front()) + 1);
  }

  TEST_CASE("the block freed last is handed out first") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, 5, 40);
    heap.free(blocks[1], 40);
    heap.free(blocks[3], 40);
    CHECK(heap.allocate(40) == blocks[3]);
    CHECK(heap.allocate(40) == blocks[1]);
    CHECK(heap.allocate(40) == blocks[4] + 48);
  }

  TEST_CASE("a full pool that gets a block back serves next, before the pool that served until then") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, kPerPool + 1, kBig);
    heap.free(blocks[2], kBig);
    CHECK(heap.allocate(kBig) == blocks[2]);
    CHECK(pool_of(heap.allocate(kBig)) == pool_of(blocks.back()));
  }

  TEST_CASE("a free pool serves any size class, the one freed last first") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, 3 * kPerPool, kBig);
    give_back(heap, blocks, 0, 2 * kPerPool, kBig);
    CHECK(heap.stats().pools == 1);
    CHECK(pool_of(heap.allocate(16)) == pool_of(blocks[kPerPool]));
    CHECK(pool_of(heap.allocate(32)) == pool_of(blocks[0]));
    CHECK(pool_of(heap.allocate(48)) == pool_of(blocks.back()) + 1);
  }

  TEST_CASE("a pool that comes back to its size class goes on with its blocks as they lie") {
    HeapRules keeping = kRules;
    keeping.keeps_last_arena = true;
    PrivateHeap heap(keeping);
    std::vector<Address> blocks = take(heap, 3, kBig);
    for (int k : {0, 2, 1}) heap.free(blocks[static_cast<std::size_t>(k)], kBig);
    CHECK(heap.allocate(kBig) == blocks[1]);
    CHECK(heap.allocate(kBig) == blocks[2]);
    CHECK(heap.allocate(kBig) == blocks[0]);
  }

  TEST_CASE("an arena goes back only when its last block is freed") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, kPerArena, kBig);
    CHECK(heap.stats().arenas == 1);
    give_back(heap, blocks, 1, blocks.size(), kBig);
    CHECK(heap.stats().arenas == 1);
    CHECK(heap.stats().held() == kRules.arena);
    heap.free(blocks[0], kBig);
    CHECK(heap.stats().arenas == 0);
    CHECK(heap.stats().held() == 0);
    CHECK(heap.stats().peak_held == kRules.arena);
  }

  TEST_CASE("where the last arena is kept, an empty one goes only if another one has free pools behind it") {
    HeapRules keeping = kRules;
    keeping.keeps_last_arena = true;
    PrivateHeap heap(keeping);
    std::vector<Address> blocks = take(heap, 2 * kPerArena, kBig);
    give_back(heap, blocks, 0, kPerArena, kBig);
    CHECK(heap.stats().arenas == 2);
    give_back(heap, blocks, kPerArena, 2 * kPerArena, kBig);
    CHECK(heap.stats().arenas == 1);
    CHECK(heap.stats().arenas_released == 1);
  }

  TEST_CASE("new pools come from the arena with the fewest free ones, so that the others can drain") {
    PrivateHeap heap(kRules);
    std::vector<Address> blocks = take(heap, 3 * kPerArena, kBig);
    give_back(heap, blocks, 0, 3 * kPerPool, kBig);
    give_back(heap, blocks, kPerArena, kPerArena + kPerPool, kBig);
    give_back(heap, blocks, 2 * kPerArena, 2 * kPerArena + 2 * kPerPool, kBig);
    std::vector<std::uint32_t> arenas;
    for (std::uint32_t bytes = 16; bytes <= 96; bytes += 16)
      arenas.push_back(heap.arena_of(heap.allocate(bytes)));
    CHECK(arenas == std::vector<std::uint32_t>{1, 2, 2, 0, 0, 0});
  }

  TEST_CASE("an arena away from a pool's boundary has one pool less") {
    HeapRules offset = kRules;
    offset.pool = 16 * 1024;
    offset.arena = 1024 * 1024;
    offset.arena_offset = 4096;
    PrivateHeap heap(offset);
    CHECK(heap.offset_in_arena(heap.allocate(512)) == 12 * 1024 + 48);
    take(heap, 63 * 31 - 1, 512);
    CHECK(heap.stats().arenas == 1);
    heap.allocate(512);
    CHECK(heap.stats().arenas == 2);
  }

  TEST_CASE("0 bytes and more than 512 are the system's") {
    PrivateHeap heap(kRules);
    Address none = heap.allocate(0), large = heap.allocate(513), small = heap.allocate(512);
    CHECK(!heap.is_small(none));
    CHECK(!heap.is_small(large));
    CHECK(heap.is_small(small));
    CHECK(heap.stats().system_blocks == 2);
    CHECK(heap.stats().held() == kRules.arena + 513);
    heap.free(large, 513);
    heap.free(none, 0);
    CHECK(heap.stats().held() == kRules.arena);
    CHECK(heap.stats().peak_held == kRules.arena + 513);
  }

  TEST_CASE("a block stays where it is until it is too small, or a quarter too large") {
    PrivateHeap heap(kRules);
    Address a = heap.allocate(64);
    CHECK(heap.resize(a, 64, 49) == a);
    Address b = heap.resize(a, 49, 48);
    CHECK(b != a);
    CHECK(heap.resize(b, 48, 37) == b);
    Address c = heap.resize(b, 37, 36);  // of the same class, but only three quarters of it
    CHECK(c == b + 48);
    CHECK(heap.resize(c, 36, 49) == a);
    CHECK(heap.stats().blocks == 1);
    CHECK(heap.stats().asked_bytes == 49);
  }

  TEST_CASE("a block of the system stays one, however small it becomes") {
    PrivateHeap heap(kRules);
    Address a = heap.resize(heap.allocate(600), 600, 20);
    CHECK(!heap.is_small(a));
    CHECK(heap.stats().system_bytes == 20);
    CHECK(heap.stats().arenas == 0);
  }

  TEST_CASE("size classes are counted as in sys._debugmallocstats") {
    PrivateHeap heap(kRules);
    take(heap, 64, 64);
    auto classes = heap.size_classes();
    REQUIRE(classes.size() == 32);
    CHECK(classes[3].block_bytes == 64);
    CHECK(classes[3].pools == 2);
    CHECK(classes[3].blocks_in_use == 64);
    CHECK(classes[3].blocks_available == 62);
    CHECK(classes[4].pools == 0);
  }

  TEST_CASE("I7 and I8 hold after every step, and no two blocks overlap") {
    for (std::uint32_t seed = 0; seed < 8; ++seed) {
      std::mt19937 random(seed);
      HeapRules rules = kRules;
      rules.keeps_last_arena = seed % 2 == 1;
      PrivateHeap heap(rules);
      std::vector<std::pair<Address, std::uint32_t>> live;
      for (int step = 0; step < 3000; ++step) {
        bool grows = step % 1500 < 900;
        if (live.empty() || random() % 10 < (grows ? 8u : 2u)) {
          std::uint32_t bytes = random() % 3 == 0 ? kBig : static_cast<std::uint32_t>(random() % 600);
          live.emplace_back(heap.allocate(bytes), bytes);
        } else {
          std::swap(live[random() % live.size()], live.back());
          heap.free(live.back().first, live.back().second);
          live.pop_back();
        }
        REQUIRE(heap.violations() == std::vector<std::string>{});
      }
      std::sort(live.begin(), live.end());
      for (std::size_t k = 1; k < live.size(); ++k)
        REQUIRE(live[k - 1].first + std::max(live[k - 1].second, 1u) <= live[k].first);
    }
  }
}
