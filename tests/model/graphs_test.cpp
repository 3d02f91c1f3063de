// The engine against a graph search, over every graph of up to four objects and every choice of
// the names that are kept.
#include <array>
#include <bit>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/event_maker.h"

namespace gcsim::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kEvery = 151;  // of the graphs of four, only each so-many-th
#else
constexpr std::uint32_t kEvery = 1;
#endif

// Bit i * n + k: object i refers to object k. Bit i of `named`: a name is bound to object i.
struct Graph {
  std::uint32_t n;
  std::uint32_t edges;
  std::uint32_t named;

  bool refers(std::uint32_t i, std::uint32_t k) const { return (edges >> (i * n + k) & 1) != 0; }
  bool is_named(std::uint32_t i) const { return (named >> i & 1) != 0; }
};

std::uint32_t reachable(const Graph& g) {
  std::uint32_t found = g.named;
  for (std::uint32_t before = ~found; before != found;) {
    before = found;
    for (std::uint32_t i = 0; i < g.n; ++i) {
      if ((found >> i & 1) != 0) found |= g.edges >> (i * g.n) & ((1u << g.n) - 1);
    }
  }
  return found;
}

// What has no references dies, and what dies of that: the survivors of reference counting.
std::uint32_t still_counted(const Graph& g) {
  std::uint32_t alive = (1u << g.n) - 1;
  for (std::uint32_t before = 0; before != alive;) {
    before = alive;
    for (std::uint32_t k = 0; k < g.n; ++k) {
      bool is_held = g.is_named(k);
      for (std::uint32_t i = 0; i < g.n; ++i) is_held = is_held || ((alive >> i & 1) != 0 && g.refers(i, k));
      if (!is_held) alive &= ~(1u << k);
    }
  }
  return alive;
}

std::uint32_t references_to(const Graph& g, std::uint32_t k, std::uint32_t alive) {
  std::uint32_t count = g.is_named(k) ? 1 : 0;
  for (std::uint32_t i = 0; i < g.n; ++i) count += (alive >> i & 1) != 0 && g.refers(i, k) ? 1 : 0;
  return count;
}

class ReturnValue : public engine::Observer {
 public:
  void on_return(std::int64_t found) override { value = found; }
  std::int64_t value = -1;
};

// One simulator for all graphs: each leaves it as it found it.
class World {
 public:
  World() : simulator_(engine::Simulator::create(settings_of("cpython-3.11"), &returned_)) {
    for (std::uint32_t i = 0; i < 4; ++i) ids_[i] = maker_.symbol("o" + std::to_string(i));
  }

  // Answers what is wrong; empty if nothing is.
  std::string try_out(const Graph& g) {
    build(g);
    drop_names(g);
    std::string wrong = compare(g, still_counted(g), "after the names");
    maker_.collect();
    maker_.apply_to(*simulator_);
    std::uint32_t left = reachable(g);
    int garbage = std::popcount(still_counted(g)) - std::popcount(left);
    if (returned_.value != garbage)
      wrong +=
          " gc.collect() returned " + std::to_string(returned_.value) + ", not " + std::to_string(garbage);
    wrong += compare(g, left, "after the collection");
    for (const std::string& violation : simulator_->check_invariants()) wrong += " " + violation;
    clean_up(g);
    return wrong;
  }

 private:
  void build(const Graph& g) {
    for (std::uint32_t i = 0; i < g.n; ++i) maker_.alloc(ids_[i], trace::kListType);
    for (std::uint32_t i = 0; i < g.n; ++i) {
      for (std::uint32_t k = 0; k < g.n; ++k) {
        if (g.refers(i, k)) maker_.on(trace::Op::add, ids_[i], ids_[k]);
      }
    }
  }
  void drop_names(const Graph& g) {
    for (std::uint32_t i = 0; i < g.n; ++i) {
      if (!g.is_named(i)) maker_.del(ids_[i]);
    }
    maker_.apply_to(*simulator_);
  }
  void clean_up(const Graph& g) {
    for (std::uint32_t i = 0; i < g.n; ++i) {
      if (g.is_named(i)) maker_.del(ids_[i]);
    }
    maker_.collect();
    maker_.apply_to(*simulator_);
  }

  std::string compare(const Graph& g, std::uint32_t alive, const char* when) {
    engine::Snapshot snapshot = simulator_->snapshot();
    bool equal = snapshot.objects.size() == static_cast<std::size_t>(std::popcount(alive));
    for (const engine::SnapshotObject& o : snapshot.objects) {
      std::uint32_t k = 0;
      while (k < g.n && ids_[k] != o.id) ++k;
      equal = equal && k < g.n && (alive >> k & 1) != 0 && o.refcount == references_to(g, k, alive);
    }
    return equal ? "" : std::string(" wrong objects or reference counts ") + when;
  }

  EventMaker maker_;
  ReturnValue returned_;
  std::unique_ptr<engine::Simulator> simulator_;
  std::array<SymbolId, 4> ids_{};
};

void try_all(std::uint32_t n, std::uint32_t every) {
  World world;
  for (std::uint32_t edges = 0; edges < 1u << (n * n); edges += every) {
    for (std::uint32_t named = 0; named < 1u << n; ++named) {
      std::string wrong = world.try_out({n, edges, named});
      if (wrong.empty()) continue;
      FAIL("graph of " << n << " objects, references " << edges << ", names " << named << ":" << wrong);
    }
  }
}

TEST_SUITE("model") {
  TEST_CASE("every graph of up to three objects loses exactly what no name reaches") {
    for (std::uint32_t n = 1; n <= 3; ++n) try_all(n, 1);
  }
  TEST_CASE("every graph of four objects loses exactly what no name reaches") {
    try_all(4, kEvery);
  }
}

}  // namespace
}  // namespace gcsim::test
