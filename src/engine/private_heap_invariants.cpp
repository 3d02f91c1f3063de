// I7 and I8 of README.md: walks every list of the private heap and compares it with the pools' own figures.
#include "private_heap.h"

namespace gcsim::engine {

class PrivateHeapChecker {
 public:
  explicit PrivateHeapChecker(const PrivateHeap& heap) : heap_(heap), is_listed_(heap.pool_.size()) {}

  std::vector<std::string> run() {
    for (std::uint32_t c = 0; c < PrivateHeap::kMaxClasses; ++c) check_used(c);
    check_usable_arenas();
    for (std::uint32_t a = 0; a < heap_.arenas_.size(); ++a) check_arena(a);
    check_totals();
    return std::move(violations_);
  }

 private:
  using Pool = PrivateHeap::Pool;
  using Arena = PrivateHeap::Arena;
  static constexpr std::uint32_t kNone = PrivateHeap::kNone;

  void expect(bool holds, const char* invariant, const char* what) {
    if (!holds && violations_.size() < 20) violations_.push_back(std::string(invariant) + ": " + what);
  }
  // False if it was in a list already: the walk must end.
  bool meet(std::uint32_t pool) {
    expect(!is_listed_[pool], "I7", "a pool is in two lists, or twice in one");
    bool is_new = !is_listed_[pool];
    is_listed_[pool] = true;
    return is_new;
  }

  void check_used(std::uint32_t size_class) {
    std::uint32_t previous = kNone;
    for (std::uint32_t p = heap_.front_[size_class]; p != kNone && meet(p); p = heap_.pool_[p].next) {
      const Pool& pool = heap_.pool_[p];
      expect(pool.size_class == size_class, "I7", "a pool is in the list of another size class");
      expect(pool.taken > 0 && pool.taken < heap_.capacity_[size_class], "I7",
             "a pool in its class's list is full or free");
      expect(pool.previous == previous, "I7", "a used pool does not know the one before it");
      previous = p;
    }
  }

  // Fewest free pools first; last_ names the end of each run of equals.
  void check_usable_arenas() {
    std::array<std::uint32_t, PrivateHeap::kPoolsPerArena + 1> last;
    last.fill(kNone);
    std::uint32_t previous = kNone;
    for (std::uint32_t a = heap_.usable_arenas_; a != kNone; a = heap_.arenas_[a].next) {
      const Arena& arena = heap_.arenas_[a];
      expect(arena.next_free != nullptr && arena.free_pools > 0, "I7", "a full or released arena is usable");
      expect(arena.previous == previous, "I7", "a usable arena does not know the one before it");
      expect(previous == kNone || heap_.arenas_[previous].free_pools <= arena.free_pools, "I7",
             "usable arenas are out of order");
      last[arena.free_pools] = a;
      previous = a;
      if (++usable_ > heap_.arenas_.size()) break;
    }
    expect(last == heap_.last_, "I7", "the last arena with some number of free pools is wrong");
  }

  void check_arena(std::uint32_t number) {
    const Arena& arena = heap_.arenas_[number];
    if (arena.next_free == nullptr) return;
    ++arenas_;
    if (arena.free_pools > 0) --usable_;
    std::uint32_t begin = number * PrivateHeap::kPoolsPerArena;
    std::uint32_t free = PrivateHeap::kPoolsPerArena - arena.untouched_pool;
    for (std::uint32_t p = arena.first_free_pool; p != kNone && meet(p); p = heap_.pool_[p].next) {
      ++free;
      expect(heap_.pool_[p].taken == 0, "I7", "a pool with blocks in use is on its arena's stack");
    }
    expect(free == arena.free_pools, "I8", "free and untouched pools are not what the arena counts");
    for (std::uint32_t p = begin; p < begin + PrivateHeap::kPoolsPerArena; ++p) check_pool(p);
  }

  // Taken, given back and untouched blocks are all there are.
  void check_pool(std::uint32_t number) {
    const Pool& pool = heap_.pool_[number];
    if (pool.size_class == PrivateHeap::kMaxClasses) return;
    std::uint32_t capacity = heap_.capacity_[pool.size_class];
    bool is_in_no_list = pool.taken == capacity;
    expect(is_listed_[number] != is_in_no_list, "I7", "a full pool is in a list, or another one in none");
    std::uint32_t block = heap_.block_bytes(pool.size_class);
    std::uint32_t touched = (pool.untouched * heap_.rules_.alignment - heap_.rules_.pool_header) / block;
    std::uint32_t free = 0;
    const auto* links = heap_.arenas_[number / PrivateHeap::kPoolsPerArena].next_free.get() +
                        (number % PrivateHeap::kPoolsPerArena) * heap_.places_per_pool_;
    for (std::uint32_t at = pool.first_free; at != 0 && free <= capacity; at = links[at]) ++free;
    expect(pool.taken + free == touched && touched <= capacity, "I8", "the blocks of a pool do not add up");
    if (pool.taken > 0) ++pools_;
    blocks_ += pool.taken;
    block_bytes_ += std::uint64_t{pool.taken} * block;
  }

  void check_totals() {
    const HeapStats& s = heap_.stats_;
    expect(usable_ == 0, "I7", "an arena with free pools is not usable");
    expect(arenas_ == s.arenas && arenas_ == s.arenas_allocated - s.arenas_released, "I8",
           "arenas do not add up");
    expect(pools_ == s.pools && s.pools <= s.peak_pools, "I8", "pools do not add up");
    expect(blocks_ == s.blocks && block_bytes_ == s.block_bytes, "I8", "blocks in use do not add up");
    expect(s.asked_bytes <= s.block_bytes && s.block_bytes <= s.arena_bytes && s.held() <= s.peak_held, "I8",
           "more bytes are in use than held, or held than at the peak");
  }

  const PrivateHeap& heap_;
  std::vector<bool> is_listed_;
  std::uint64_t usable_ = 0, arenas_ = 0, pools_ = 0, blocks_ = 0, block_bytes_ = 0;
  std::vector<std::string> violations_;
};

std::vector<std::string> PrivateHeap::violations() const {
  return PrivateHeapChecker(*this).run();
}

}  // namespace gcsim::engine
