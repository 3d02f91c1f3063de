// Deep structures: the trashcan's order of deaths, and that depth costs no stack.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/event_maker.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr std::uint32_t kDeep = 100'000;
#else
constexpr std::uint32_t kDeep = 1'000'000;
#endif

// A chain c0 -> c1 -> .. whose links also hold a list f<i>, which is released behind the rest of the chain.
std::string chain(const std::string& type, int n) {
  std::string trace = "class N\n";
  for (int i = n - 1; i >= 0; --i) {
    std::string c = "c" + std::to_string(i), f = "f" + std::to_string(i);
    bool is_last = i == n - 1;
    std::string next = is_last ? "None" : "c" + std::to_string(i + 1);
    trace += "alloc " + f + " list\n";
    if (type == "tuple") {
      trace += "alloc " + c + " tuple " + f + " " + next + "\n";
    } else {
      trace += "alloc " + c + " " + type + "\n";
    }
    if (type == "list") trace += "ref " + c + "[] " + f + "\nref " + c + "[] " + next + "\n";
    if (type == "dict") trace += "ref " + c + "[n] " + next + "\nref " + c + "[f] " + f + "\n";
    if (type == "N") trace += "setattr " + c + " n " + next + "\nsetattr " + c + " f " + f + "\n";
    trace += "del " + f + (is_last ? "" : " " + next) + "\n";
  }
  return trace + "del c0\n";
}

// The deaths of the last event with runs of numbers drawn together: "c0-49 f48-0".
std::string deaths(const std::string& trace) {
  std::istringstream in(transcript(trace).back());
  std::string text;
  char kind = 0;
  int first = 0, last = 0;
  auto flush = [&] {
    if (kind == 0) return;
    text += (text.empty() ? "" : " ") + std::string(1, kind) + std::to_string(first);
    if (last != first) text += "-" + std::to_string(last);
  };
  for (std::string token; in >> token && token.starts_with("free:");) {
    int number = std::stoi(token.substr(6));
    bool goes_on = token[5] == kind && (number == last + 1 || number == last - 1);
    if (!goes_on) {
      flush();
      kind = token[5];
      first = number;
    }
    last = number;
  }
  flush();
  return text;
}

// A long chain, built from its end so that one name is enough; then the name goes.
template <class Link>
void free_chain(EventMaker& maker, engine::Simulator& simulator, Link link) {
  SymbolId head = maker.symbol("head");
  for (std::uint32_t i = 0; i < kDeep; ++i) {
    SymbolId id = maker.symbol("c" + std::to_string(i));
    SymbolId next = i == 0 ? maker.words.none() : maker.symbol("c" + std::to_string(i - 1));
    link(id, next, head);
    if (maker.batch.events.size() > 4096) REQUIRE_FALSE(maker.apply_to(simulator));
  }
  REQUIRE_FALSE(maker.apply_to(simulator));
  CHECK_EQ(simulator.alive(), kDeep);
  maker.del(head);
  REQUIRE_FALSE(maker.apply_to(simulator));
  CHECK_EQ(simulator.alive(), 0);
}

std::unique_ptr<engine::Simulator> without_collections(bool explicit_tracking = false) {
  engine::Settings settings = settings_of("cpython-3.11");
  settings.enabled = false;
  settings.explicit_tracking = explicit_tracking;
  return engine::Simulator::create(settings, nullptr);
}

TEST_SUITE("engine/chains") {
  TEST_CASE("deallocations nest 50 deep; deeper objects wait until the outermost is done") {
    for (std::string type : {"list", "tuple", "dict", "N"}) {
      CAPTURE(type);
      CHECK_EQ(deaths(chain(type, 49)), "c0-48 f48-0");
      // f49 is the member of the 50th, so it waits too.
      CHECK_EQ(deaths(chain(type, 50)), "c0-49 f48-0 f49");
      CHECK_EQ(deaths(chain(type, 51)), "c0-49 f48-0 f49 c50 f50");
    }
  }

  TEST_CASE("a chain of 120 dies in pieces of 50, 49 and the rest") {
    for (std::string type : {"list", "tuple", "dict", "N"}) {
      CAPTURE(type);
      CHECK_EQ(deaths(chain(type, 120)), "c0-49 f48-0 f49 c50-98 f97-50 f98 c99-119 f119-99");
    }
  }

  TEST_CASE("a very long chain of lists dies without recursion") {
    EventMaker maker;
    free_chain(maker, *without_collections(), [&maker](SymbolId id, SymbolId next, SymbolId head) {
      SymbolId scratch = maker.symbol("scratch");
      maker.alloc(id, trace::kListType).name = scratch;
      maker.on(trace::Op::add, id, next);
      maker.bind(head, id);
      maker.del(scratch);
    });
  }

  TEST_CASE("a very long chain of dicts dies without recursion") {
    EventMaker maker;
    KeyId key = maker.key("next");
    free_chain(maker, *without_collections(), [&maker, key](SymbolId id, SymbolId next, SymbolId head) {
      SymbolId scratch = maker.symbol("scratch");
      maker.alloc(id, trace::kDictType).name = scratch;
      maker.on(trace::Op::set_item, id, next, key);
      maker.bind(head, id);
      maker.del(scratch);
    });
  }

  TEST_CASE("a very long chain of instances dies without recursion") {
    EventMaker maker;
    TypeId node = maker.declare("Node");
    KeyId key = maker.key("next");
    free_chain(maker, *without_collections(), [&maker, node, key](SymbolId id, SymbolId next, SymbolId head) {
      SymbolId scratch = maker.symbol("scratch");
      maker.alloc(id, node).name = scratch;
      maker.on(trace::Op::set_attr, id, next, key);
      maker.bind(head, id);
      maker.del(scratch);
    });
  }

  TEST_CASE("a very long chain of tuples dies without recursion") {
    EventMaker maker;
    free_chain(maker, *without_collections(), [&maker](SymbolId id, SymbolId next, SymbolId head) {
      maker.tuple(id, std::span(&next, 1));
      maker.batch.events.back().name = head;
    });
  }

  TEST_CASE("a very long chain of objects of unknown types dies without recursion") {
    EventMaker maker;
    TypeId frame = maker.declare("frame", trace::Finalizer::none, false, {}, trace::Kind::opaque);
    auto simulator = without_collections(true);
    free_chain(maker, *simulator, [&maker, frame](SymbolId id, SymbolId next, SymbolId head) {
      SymbolId scratch = maker.symbol("scratch");
      maker.alloc(id, frame).name = scratch;
      maker.on(trace::Op::track, id);
      maker.on(trace::Op::add, id, next);
      maker.bind(head, id);
      maker.del(scratch);
    });
  }

  TEST_CASE("a very long ring is collected without recursion") {
    EventMaker maker;
    auto simulator = without_collections();
    SymbolId first = maker.symbol("c0");
    SymbolId before = first;
    maker.alloc(first, trace::kListType);
    for (std::uint32_t i = 1; i < kDeep; ++i) {
      SymbolId id = maker.symbol("c" + std::to_string(i));
      maker.alloc(id, trace::kListType);
      maker.on(trace::Op::add, id, before);
      maker.del(before);
      before = id;
    }
    maker.on(trace::Op::add, first, before);
    maker.del(before);
    maker.collect();
    REQUIRE_FALSE(maker.apply_to(*simulator));
    CHECK_EQ(simulator->alive(), 0);
    CHECK_EQ(simulator->generation_stats()[kOldest].collected, kDeep);
  }
}

}  // namespace
}  // namespace gcsim::test
