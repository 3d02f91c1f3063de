#include "gcsim/report/expectation.h"

#include <array>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/report/expectation_checker.h"
#include "notices.h"

TEST_SUITE_BEGIN("report/expectation");

using namespace gcsim;
using gcsim::test::World;
using report::Clause;
using report::ClauseError;
using report::ExpectationChecker;
using report::parse_expectation;

namespace {

ClauseError error_of(std::string_view text) {
  const auto parsed = parse_expectation(text);
  const auto* error = std::get_if<ClauseError>(&parsed);
  REQUIRE_MESSAGE(error != nullptr, text);
  return *error;
}

// One event of which something is expected.
struct Checked : World {
  ExpectationChecker checker{words};

  template <class Notices>
  void expect(std::string text, Notices notices) {
    const trace::Event& event = add_del("a");
    batch.expectations = {{1, std::move(text), 20, 5}};
    checker.next_batch(batch);
    checker.on_event(1, event);
    notices();
    checker.on_event_end(1, {3, 2, 1});
  }
  std::string got() const { return checker.failures().empty() ? "" : checker.failures()[0].got; }
};

}  // namespace

TEST_CASE("every clause has a normal form, in which it is read again") {
  for (const std::string text : {"free a b",
                                 "finalize a",
                                 "callback w",
                                 "resurrect a",
                                 "order free:a finalize:b",
                                 "nothing",
                                 "no collection",
                                 "collect 0",
                                 "collect 2 collected 3 uncollectable 0 visited 9 survivors 6",
                                 "refused full",
                                 "return 2",
                                 "count 3 2 1",
                                 "heap arenas 1 pools 2 blocks 3 in_use 4 held 5 released 6",
                                 "refcount 2",
                                 "tracked yes",
                                 "generations [a b] [] [<dict>]",
                                 "long_lived 4 1",
                                 "same b",
                                 "error dead",
                                 "alive a",
                                 "dead a b",
                                 "objects 3",
                                 "bytes 168"}) {
    CAPTURE(text);
    const auto parsed = parse_expectation(text);
    const auto* clauses = std::get_if<std::vector<Clause>>(&parsed);
    REQUIRE(clauses != nullptr);
    REQUIRE(clauses->size() == 1);
    CHECK((*clauses)[0].text() == text);
  }
}

TEST_CASE("blanks do not matter, and semicolons separate") {
  const auto parsed = parse_expectation("  free   a;collect 0;  generations [ a b ][][ ]");
  const auto& clauses = std::get<std::vector<Clause>>(parsed);
  REQUIRE(clauses.size() == 3);
  CHECK(clauses[0].text() == "free a");
  CHECK(clauses[1].offset == 11);
  CHECK(clauses[2].text() == "generations [a b] [] []");
}

TEST_CASE("what can't be understood has a position and says what was expected") {
  CHECK(error_of("free a; fre b").offset == 8);
  CHECK(error_of("fre b").got == "'fre'");
  CHECK(error_of("fre b").expected.starts_with("one of free, finalize"));
  CHECK(error_of("free").expected == "an ID");
  CHECK(error_of("free").got == "the end of the clause");
  CHECK(error_of("return two").expected == "a whole number");
  CHECK(error_of("return 2 3").expected == "the end of the clause");
  CHECK(error_of("collect 3").expected == "a generation, 0 to 2");
  CHECK(error_of("collect 0 freed 2").offset == 10);
  CHECK(error_of("tracked maybe").expected == "yes or no");
  CHECK(error_of("generations [a] [b]").expected == "'['");
  CHECK(error_of("error fatal").expected.starts_with("one of dead"));
  CHECK(error_of("order kill:a").offset == 6);
  CHECK(error_of("").expected == "a clause");
  CHECK(error_of("nothing;").offset == 8);
}

TEST_CASE_FIXTURE(Checked, "free names exactly the freed objects with an ID, in order") {
  expect("free b a", [&] {
    checker.on_freed(list("b"), false, 1);
    checker.on_freed(nameless_dict(), false, 1);
    checker.on_freed(list("a"), false, 1);
  });
  CHECK(checker.failures().empty());
  CHECK(checker.checked() == 1);
}

TEST_CASE_FIXTURE(Checked, "a failure has the event, the place, and both sides") {
  expect("nothing; free a", [&] { checker.on_freed(list("b"), false, 1); });
  REQUIRE(checker.failures().size() == 2);
  CHECK(checker.failures()[0].got == "free:b");
  const auto& failure = checker.failures()[1];
  CHECK(failure.event == 1);
  CHECK(failure.event_text == "del a");
  CHECK(failure.line == 20);
  CHECK(failure.column == 5 + 9);
  CHECK(failure.expected == "free a");
  CHECK(failure.got == "free b");
}

TEST_CASE_FIXTURE(Checked, "clauses about collections go through them in order") {
  expect("collect 0 collected 2; collect 1", [&] {
    checker.on_collection_end({.generation = 0, .collected = 2});
    checker.on_collection_end({.generation = 1});
  });
  CHECK(checker.failures().empty());
}

TEST_CASE_FIXTURE(Checked, "a collection nobody expected beside expected ones is a failure") {
  expect("collect 0", [&] {
    checker.on_collection_end({.generation = 0});
    checker.on_collection_end({.generation = 1});
  });
  CHECK(got() == "2");
}

TEST_CASE_FIXTURE(Checked, "a collection that did not run is missed") {
  expect("collect 0", [] {});
  CHECK(got() == "no collection");
}

TEST_CASE_FIXTURE(Checked, "answers are compared, and missing ones told") {
  expect("return 2; refcount 1; generations [a] [] [<dict>]; long_lived 1 0; count 3 2 1; same a", [&] {
    checker.on_return(2);
    const std::array young{list("a")};
    const std::array old{nameless_dict()};
    checker.on_generations(young, {}, old, 1, 0);
    checker.on_same(symbol("b"), list("a"));
  });
  REQUIRE(checker.failures().size() == 1);
  CHECK(got() == "no refcount");
}

TEST_CASE_FIXTURE(Checked, "the answer to another question is compared with what its clause says") {
  const std::array<std::int64_t, 1> no{0};
  expect("is yes", [&] { checker.on_answer({engine::AnswerKind::is, no, {}, {}}); });
  CHECK(got() == "is no");
}

TEST_CASE_FIXTURE(Checked, "how a module was found, and what an ImportError says") {
  const std::array<std::int64_t, 1> partial{2};
  expect("module ready", [&] { checker.on_answer({engine::AnswerKind::module, partial, {}, {}}); });
  CHECK(got() == "module partial");
}

TEST_CASE_FIXTURE(Checked, "alive and dead follow allocations, deaths and second names") {
  expect("alive a b; dead c d", [&] {
    checker.on_allocated(list("a"), false);
    checker.on_same(symbol("b"), list("a"));
    checker.on_allocated(list("c"), false);
    checker.on_freed(list("c"), false, 1);
  });
  CHECK(got() == "");
}

TEST_CASE_FIXTURE(Checked, "objects and bytes count everything that is alive") {
  expect("objects 1; bytes 72", [&] {
    checker.on_allocated(list("a"), false);
    checker.on_allocated(nameless_dict(), false);
    checker.on_resized(list("a", 72), 56);
    checker.on_freed(nameless_dict(), false, 1);
  });
  CHECK(got() == "");
}

TEST_CASE_FIXTURE(Checked, "an expected refusal is known as such") {
  expect("error dead", [&] { checker.on_refused({.fault = trace::Fault::dead_object}); });
  CHECK(checker.failures().empty());
  CHECK(checker.expects_error(1));
  CHECK_FALSE(checker.expects_error(2));
}

TEST_CASE_FIXTURE(Checked,
                  "an expectation that comes with the next batch is about the last event before it") {
  const trace::Event event = add_del("a");
  checker.next_batch(batch);
  checker.on_event(1, event);
  checker.on_freed(list("a"), false, 1);
  checker.on_event_end(1, {0, 0, 0});
  trace::EventBatch next;
  next.first = 2;
  next.expectations = {{1, "free a", 21, 1}, {1, "free b", 22, 1}};
  checker.next_batch(next);
  CHECK(checker.checked() == 2);
  CHECK(got() == "free a");
}

TEST_CASE_FIXTURE(Checked, "an unreadable expectation is reported as such and checks nothing") {
  expect("fre a", [] {});
  CHECK(checker.checked() == 0);
  REQUIRE(checker.unreadable().size() == 1);
  CHECK(checker.unreadable()[0].expectation.line == 20);
}

TEST_SUITE_END();
