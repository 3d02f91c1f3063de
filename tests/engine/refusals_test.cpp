// Events that contradict the heap: the fault they are, and that they change nothing.
#include <memory>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "support/replaying.h"
#include "support/same_heap.h"
#include "support/transcript.h"

namespace gcsim::test {
namespace {

struct Refusal {
  std::string before;  // events that are fine
  std::string event;   // the one that is not
  trace::Fault fault;
  std::string word;  // what a transcript calls it
};

void check(const Refusal& refusal) {
  std::string text = refusal.before + refusal.event + "\n";
  CAPTURE(text);
  auto reader = open_bytes(text);
  trace::EventBatch all;
  reader->next(all);
  engine::Observer clock;  // with an observer, dates are compared too
  auto simulator = engine::Simulator::create(settings(*reader), &clock);
  trace::EventBatch fine = all;
  fine.events.pop_back();
  REQUIRE_FALSE(simulator->apply(fine, 0, reader->vocabulary()).fault);
  engine::Snapshot before = simulator->snapshot();
  engine::Counts counts = simulator->counts();
  auto applied = simulator->apply(all, all.events.size() - 1, reader->vocabulary());
  REQUIRE(applied.fault);
  CHECK_EQ(static_cast<int>(applied.fault->fault), static_cast<int>(refusal.fault));
  CHECK_EQ(engine::transcript_word(applied.fault->fault), refusal.word);
  CHECK(same_heap(before, simulator->snapshot()));
  CHECK(counts == simulator->counts());
  CHECK(simulator->check_invariants().empty());
}

using trace::Fault;

TEST_SUITE("engine/refusals") {
  TEST_CASE("an operand must be alive") {
    check({"", "ref b a", Fault::unknown_id, "dead"});
    check({"alloc a list\ndel a\n", "ref b a", Fault::dead_object, "dead"});
    check({"alloc a list\n", "ref a[] x", Fault::unknown_id, "dead"});
    check({"alloc a list\n", "ref x[] a", Fault::unknown_id, "dead"});
    check({"alloc a list\n", "alloc t tuple a x", Fault::unknown_id, "dead"});
    check({"alloc a list\nalloc b list\ndel b\n", "weakref w b", Fault::dead_object, "dead"});
    check({"", "inspect refcount a", Fault::unknown_id, "dead"});
    check({"", "clear a", Fault::unknown_id, "dead"});
    check({"class N\nalloc n N\n", "setattr n a x", Fault::unknown_id, "dead"});
    check({"class N\nalloc n N\ndel n\n", "delattr n a", Fault::dead_object, "dead"});
    check({"class N\nalloc n N\ndel n\n", "dict n d", Fault::dead_object, "dead"});
  }

  TEST_CASE("a dead object's fault says in which event it died, and an unknown one's does not") {
    auto reader = open_bytes("alloc a list\nalloc b list\ndel a\nref b[] a\n");
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    trace::EventBatch batch;
    reader->next(batch);
    auto fault = simulator->apply(batch, 0, reader->vocabulary()).fault;
    REQUIRE(fault);
    CHECK_EQ(fault->related, 3);
    CHECK(fault->operand == trace::Operand::value);
    CHECK_EQ(reader->vocabulary().symbols.word(raw(fault->symbol)), "a");
  }

  TEST_CASE("two live objects cannot share an ID") {
    check({"alloc a list\n", "alloc a list", Fault::duplicate_id, "exists"});
    check({"class N\nalloc n N\nalloc w list\n", "weakref w n", Fault::duplicate_id, "exists"});
    check({"class N\nalloc n N\nalloc d list\n", "dict n d", Fault::duplicate_id, "exists"});
  }

  TEST_CASE("only bound names can be unbound; those before the unbound one are") {
    check({"", "del a", Fault::unbound_name, "unbound"});
    check({"alloc a list\nref b a\ndel a\n", "del a", Fault::unbound_name, "unbound"});
    check_replay(R"(
alloc a list
alloc b list
del a x b                  -> free:a error:unbound | | count=(2,0,0)
inspect refcount b         -> refcount=1 tracked=1 | | count=(2,0,0)
)");
  }

  TEST_CASE("keys, indices and elements must be there") {
    check({"alloc d dict\n", "unref d[k]", Fault::missing_key, "absent"});
    check({"alloc l list\n", "unref l[0]", Fault::missing_key, "absent"});
    check({"alloc l list\n", "ref l[0] l", Fault::missing_key, "absent"});
    check({"alloc l list\nref l[] l\n", "ref l[1] l", Fault::missing_key, "absent"});
    check({"alloc l list\nalloc a list\n", "unref l[] a", Fault::missing_key, "absent"});
    check({"alloc s set\nalloc i int 1000\n", "unref s[] i", Fault::missing_key, "absent"});
    check({"alloc s set\nalloc i int 1000\nref s[] i\nunref s[] i\n", "unref s[] i", Fault::missing_key,
           "absent"});
  }

  TEST_CASE("attributes must be there to be deleted, and possible to be set") {
    check({"class N\nalloc n N\n", "delattr n a", Fault::missing_attribute, "attribute"});
    check({"class N\nalloc n N\ndict n d\n", "delattr n a", Fault::missing_attribute, "attribute"});
    check({"class S slots=a\nalloc s S\n", "setattr s b s", Fault::missing_attribute, "attribute"});
    check({"class S slots=a\nalloc s S\n", "delattr s a", Fault::missing_attribute, "attribute"});
    check({"class S slots=a\nalloc s S\n", "dict s d", Fault::missing_attribute, "attribute"});
    check({"alloc l list\n", "setattr l a l", Fault::missing_attribute, "attribute"});
    check({"alloc l list\n", "dict l", Fault::missing_attribute, "attribute"});
  }

  TEST_CASE("nothing can be taken from an empty container") {
    check({"alloc l list\n", "unref l[]", Fault::empty_container, "empty"});
    check({"alloc d dict\n", "unref d[]", Fault::empty_container, "empty"});
    check({"alloc d dict\nref d[k] d\nunref d[k]\n", "unref d[]", Fault::empty_container, "empty"});
  }

  TEST_CASE("an operation must suit the type") {
    const auto type = Fault::unsupported_operation;
    check({"alloc t tuple None\n", "ref t[] t", type, "type"});
    check({"alloc t tuple None\n", "ref t[0] t", type, "type"});
    check({"alloc t tuple None\n", "unref t[0]", type, "type"});
    check({"alloc t tuple None\n", "clear t", type, "type"});
    check({"alloc t tuple None\n", "unref t[]", type, "type"});
    check({"alloc t tuple None\n", "unref t[] t", type, "type"});
    check({"alloc i int 1\n", "ref i[] i", type, "type"});
    check({"alloc d dict\n", "ref d[] d", type, "type"});
    check({"alloc s set\nalloc l list\n", "ref s[] l", type, "type"});
    check({"alloc s set\nalloc l list\nalloc t tuple l\n", "ref s[] t", type, "type"});
    check({"alloc s set\nalloc l list\n", "unref s[] l", type, "type"});
    check({"alloc l list\n", "weakref w l", type, "type"});
    check({"class S slots=a\nalloc s S\n", "weakref w s", type, "type"});
    check({"class N\nalloc n N\n", "ref n[] n", type, "type"});
    check({"class N\nalloc n N\n", "clear n", type, "type"});
  }

  TEST_CASE("a refusal that says the type says which") {
    auto reader = open_bytes("alloc t tuple None\nclear t\n");
    auto simulator = engine::Simulator::create(settings(*reader), nullptr);
    trace::EventBatch batch;
    reader->next(batch);
    auto applied = simulator->apply(batch, 0, reader->vocabulary());
    REQUIRE(applied.fault);
    CHECK_EQ(applied.next, 2);
    CHECK_EQ(raw(applied.fault->type), trace::kTupleType);
  }

  TEST_CASE("before the first event nothing is alive, and all invariants hold") {
    auto reader = open_bytes("alloc a list\n");
    engine::Observer clock;
    auto simulator = engine::Simulator::create(settings(*reader), &clock);
    CHECK_EQ(simulator->alive(), 0);
    CHECK(simulator->check_invariants().empty());
  }

  TEST_CASE("all IDs of a shared object die with it, and can be given again") {
    std::string shared = "class N\nalloc n N\nweakref w n\nweakref v n\ndel v w\n";
    check({shared, "ref x w", Fault::dead_object, "dead"});
    check({shared, "ref x v", Fault::dead_object, "dead"});
    CHECK_EQ(transcript(shared + "alloc v list\nalloc w list\n").back(), "| | count=(3,0,0)");
  }
}

}  // namespace
}  // namespace gcsim::test
