// Our transcripts against those of real CPython, line for line.
#include <lzma.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gcsim/profile/profile.h"
#include "gcsim/report/transcript.h"
#include "support/replaying.h"

namespace gcsim {
namespace {

namespace fs = std::filesystem;
const std::string kFolder = "tests/conformance/";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string read_file(const std::string& relative) {
  std::ifstream file(test::source_path(relative), std::ios::binary);
  REQUIRE_MESSAGE(file.good(), relative);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string transcript_of(const std::string& trace, const profile::Profile& profile) {
  auto reader = test::open_file(trace);
  Overrides overrides;
  overrides.profile = &profile;
  engine::Settings settings = test::settings(*reader, overrides);
  report::StringSink sink;
  report::TranscriptWriter writer(reader->vocabulary(), sink);
  auto simulator = engine::Simulator::create(settings, &writer);
  writer.begin(settings);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::go_on; };
  options.on_batch = [&writer](const trace::EventBatch& batch) { writer.next_batch(batch); };
  replay(*reader, *simulator, options);
  writer.finish({});
  auto violations = simulator->check_invariants();
  CHECK_MESSAGE(violations.empty(), trace << ": " << (violations.empty() ? "" : violations.front()));
  return sink.text;
}

// The first line names who executed the trace; all others must be equal.
void compare(const std::string& name, const std::string& ours, const std::string& theirs) {
  std::vector<std::string> got = lines_of(ours);
  std::vector<std::string> expected = lines_of(theirs);
  for (std::size_t k = 1; k < std::min(got.size(), expected.size()); ++k) {
    if (got[k] == expected[k]) continue;
    FAIL_CHECK(name << ", line " << k + 1 << "\n  CPython: " << expected[k] << "\n  gcsim:   " << got[k]);
    return;
  }
  CHECK_MESSAGE(got.size() == expected.size(), name << ": the number of lines differs");
}

std::string decompress(const std::string& packed) {
  std::string text(std::size_t{64} << 20, '\0');
  std::uint64_t memory = std::numeric_limits<std::uint64_t>::max();
  std::size_t in = 0;
  std::size_t out = 0;
  lzma_ret done = lzma_stream_buffer_decode(
      &memory, 0, nullptr, reinterpret_cast<const std::uint8_t*>(packed.data()), &in, packed.size(),
      reinterpret_cast<std::uint8_t*>(text.data()), &out, text.size());
  REQUIRE_EQ(done, LZMA_OK);
  text.resize(out);
  return text;
}

// The logs of an archive by name: each stands behind a line "## NAME".
std::map<std::string, std::string> recordings_of(const std::string& version) {
  std::map<std::string, std::string> logs;
  std::string* log = nullptr;
  for (const std::string& line :
       lines_of(decompress(read_file(kFolder + "recordings/" + version + ".logs.xz")))) {
    if (line.starts_with("## ")) {
      log = &logs[line.substr(3)];
    } else {
      REQUIRE(log != nullptr);
      *log += line + "\n";
    }
  }
  return logs;
}

std::vector<std::string> trace_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(test::source_path(kFolder + "traces"))) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Every trace was recorded under every version, and our transcript equals each recording.
void compare_all(const std::string& version) {
  const profile::Profile* profile = profile::find(version);
  REQUIRE(profile != nullptr);
  std::map<std::string, std::string> recordings = recordings_of(version);
  std::vector<std::string> names = trace_names();
  CHECK_GE(names.size(), 175);
  CHECK_EQ(recordings.size(), names.size());
  for (const std::string& name : names) {
    REQUIRE_MESSAGE(recordings.contains(name), name << " was not recorded under " << version);
    compare(name, transcript_of(kFolder + "traces/" + name + ".trace", *profile), recordings[name]);
  }
}

TEST_CASE("cpython-2.7 does what CPython 2.7.18 did with each trace") {
  compare_all("cpython-2.7");
}
TEST_CASE("cpython-3.6 does what CPython 3.6.15 did with each trace") {
  compare_all("cpython-3.6");
}
TEST_CASE("cpython-3.7 does what CPython 3.7.16 did with each trace") {
  compare_all("cpython-3.7");
}
TEST_CASE("cpython-3.8 does what CPython 3.8.18 did with each trace") {
  compare_all("cpython-3.8");
}
TEST_CASE("cpython-3.9 does what CPython 3.9.18 did with each trace") {
  compare_all("cpython-3.9");
}
TEST_CASE("cpython-3.10 does what CPython 3.10.13 did with each trace") {
  compare_all("cpython-3.10");
}
TEST_CASE("cpython-3.11 does what CPython 3.11.7 did with each trace") {
  compare_all("cpython-3.11");
}
TEST_CASE("cpython-3.12 does what CPython 3.12.1 did with each trace") {
  compare_all("cpython-3.12");
}
TEST_CASE("cpython-3.13 does what CPython 3.13.0 did with each trace") {
  compare_all("cpython-3.13");
}

// --- breaking one rule at a time: some recording must differ

// The profile with other rules for a built-in type.
profile::Profile with_type(profile::Profile p, std::string_view name, void (*change)(profile::TypeRules&)) {
  static std::vector<std::vector<profile::TypeRules>> kept;  // what the profiles refer to
  kept.emplace_back(p.types.begin(), p.types.end());
  for (profile::TypeRules& rules : kept.back()) {
    if (rules.name == name) change(rules);
  }
  p.types = kept.back();
  return p;
}

struct Mutation {
  const char* rule;
  const char* version;
  void (*change)(profile::Profile&);
};
using profile::Profile;

const Mutation kMutations[] = {
    {"a count that reaches its threshold collects", "3.11",
     [](Profile& p) { p.trigger = profile::TriggerRule::reaches; }},
    {"no rule of a quarter", "3.11", [](Profile& p) { p.full_collection_divisor = 0; }},
    {"thresholds of 3.12", "3.13",
     [](Profile& p) {
       p.threshold = {700, 10, 10};
     }},
    {"3.12 collects in allocations", "3.12",
     [](Profile& p) { p.collection_point = profile::CollectionPoint::in_allocation; }},
    {"3.12 minds gc.disable() at a check", "3.12",
     [](Profile& p) { p.collection_point = profile::CollectionPoint::at_check_while_enabled; }},
    {"3.13 does not", "3.13", [](Profile& p) { p.collection_point = profile::CollectionPoint::at_check; }},
    {"3.8 saves only what is reachable", "3.8",
     [](Profile& p) { p.teardown = profile::find("cpython-3.9")->teardown; }},
    {"3.9 saves all", "3.9", [](Profile& p) { p.teardown = profile::find("cpython-3.8")->teardown; }},
    {"3.6 counts after the saving", "3.6",
     [](Profile& p) { p.teardown = profile::find("cpython-3.7")->teardown; }},
    {"2.7 finalizes cycles", "2.7", [](Profile& p) { p.teardown = profile::find("cpython-3.6")->teardown; }},
    {"3.6 can freeze", "3.6", [](Profile& p) { p.has_freeze = true; }},
    {"2.7 has gc.callbacks", "2.7", [](Profile& p) { p.collector_module.callbacks = true; }},
    {"2.7 has gc.get_stats()", "2.7", [](Profile& p) { p.collector_module.get_stats = true; }},
    {"3.7 lists objects by generation", "3.7",
     [](Profile& p) { p.collector_module.get_objects_by_generation = true; }},
    {"3.8 has gc.is_finalized()", "3.8", [](Profile& p) { p.collector_module.is_finalized = true; }},
    {"3.6's gc callbacks take no tuple", "3.6",
     [](Profile& p) { p.collector_module.callback_takes_argument_tuple = false; }},
    {"3.7's take one", "3.7", [](Profile& p) { p.collector_module.callback_takes_argument_tuple = true; }},
    {"2.7's collector does not see the keys of dicts", "2.7",
     [](Profile& p) { p.dict_traverses_keys = false; }},
    {"3.11's sees them", "3.11", [](Profile& p) { p.dict_traverses_keys = true; }},
    {"2.7 finalizes before weak references", "2.7",
     [](Profile& p) { p.dying = profile::find("cpython-3.6")->dying; }},
    {"3.x finalizes after weak references", "3.11",
     [](Profile& p) { p.dying = profile::find("cpython-2.7")->dying; }},
    {"finalizers run again", "3.11", [](Profile& p) { p.finalizes_once = false; }},
    {"2.7's finalizers run once", "2.7", [](Profile& p) { p.finalizes_once = true; }},
    {"tuples are never untracked", "3.11",
     [](Profile& p) { p.untrack_tuples = profile::UntrackRule::never; }},
    {"dicts are never untracked", "3.11", [](Profile& p) { p.untrack_dicts = profile::UntrackRule::never; }},
    {"every collection untracks dicts", "3.11",
     [](Profile& p) { p.untrack_dicts = profile::UntrackRule::every_collection; }},
    {"trashcan at 51", "3.11", [](Profile& p) { p.trashcan.limit = 51; }},
    {"3.7 defers instances at 50", "3.7", [](Profile& p) { p.trashcan.instance_limit = 50; }},
    {"3.7's instances empty the trashcan", "3.7", [](Profile& p) { p.trashcan.emptied_by_instances = true; }},
    {"3.13 defers one level later", "3.13", [](Profile& p) { p.trashcan.limit = 9948; }},
    {"3.13 defers instances one level later", "3.13", [](Profile& p) { p.trashcan.instance_limit = 9948; }},
    {"3.13 empties the trashcan one level later", "3.13",
     [](Profile& p) { p.trashcan.emptied_below = 9896; }},
    {"3.13's gc.collect() takes no level", "3.13",
     [](Profile& p) { p.trashcan.explicit_collection_depth = 0; }},
    {"2.7 clears weak references that are trash first", "2.7",
     [](Profile& p) { p.clears_trash_weakrefs = true; }},
    {"3.6 clears weak references that are trash first", "3.6",
     [](Profile& p) { p.clears_trash_weakrefs = true; }},
    {"3.7 clears weak references that are trash first", "3.7",
     [](Profile& p) { p.clears_trash_weakrefs = true; }},
    {"3.8 leaves weak references that are trash", "3.8", [](Profile& p) { p.clears_trash_weakrefs = false; }},
    {"one callback takes a tuple", "3.12", [](Profile& p) { p.callback_tuple_from = 1; }},
    {"one callback takes none", "3.13", [](Profile& p) { p.callback_tuple_from = 2; }},
    {"2.7's callbacks take no arguments", "2.7", [](Profile& p) { p.callback_takes_argument_tuple = false; }},
    {"3.10 keeps attributes inside", "3.10",
     [](Profile& p) {
       p.inline_attributes = {30, 1};
       p.attribute_storage = profile::AttributeStorage::inline_values;
     }},
    {"3.13's dicts hold the values", "3.13",
     [](Profile& p) { p.attribute_storage = profile::AttributeStorage::inline_values; }},
    {"29 shared keys", "3.11", [](Profile& p) { p.inline_attributes.shared_keys = 29; }},
    {"two kept for late names", "3.11", [](Profile& p) { p.inline_attributes.kept_for_late_names = 2; }},
    {"2.7 keeps insertion order", "2.7", [](Profile& p) { p.dict_order = profile::DictOrder::insertion; }},
    {"no linear probes", "3.11", [](Profile& p) { p.sets.linear_probes = 0; }},
    {"3.9 takes discarded slots", "3.9",
     [](Profile& p) { p.sets.reused = profile::DiscardedSlot::last_met; }},
    {"3.6 takes the last discarded slot", "3.6",
     [](Profile& p) { p.sets.reused = profile::DiscardedSlot::last_met; }},
    {"3.7 takes the first", "3.7", [](Profile& p) { p.sets.reused = profile::DiscardedSlot::first_met; }},
    {"3.7's sets grow at 2/3", "3.7",
     [](Profile& p) {
       p.sets.full_numerator = 2;
       p.sets.full_denominator = 3;
     }},
    {"3.10 hashes by SipHash-1-3", "3.10",
     [](Profile& p) { p.hashing.strings = profile::StringHash::siphash_1_3; }},
    {"3.7's empty slots are tracked", "3.7",
     [](Profile& p) { p.slotless = profile::find("cpython-3.8")->slotless; }},
    {"79 lists kept", "3.11",
     [](Profile& p) { p = with_type(p, "list", [](profile::TypeRules& t) { t.free_list_capacity = 79; }); }},
    {"dead tuples of 20 not kept", "3.11",
     [](Profile& p) {
       p = with_type(p, "tuple", [](profile::TypeRules& t) { t.free_list_kept_length = 0; });
     }},
    {"tuples of 20 not reused", "3.13",
     [](Profile& p) {
       p = with_type(p, "tuple", [](profile::TypeRules& t) { t.free_list_max_length = 19; });
     }},
    {"2.7 empties the list of lists", "2.7",
     [](Profile& p) {
       p = with_type(p, "list", [](profile::TypeRules& t) { t.emptied_by_full_collection = true; });
       static constexpr std::string_view kEmptied[] = {"frame", "tuple", "list"};
       p.free_lists_emptied = kEmptied;
     }},
    {"2.7 keeps no sets", "2.7",
     [](Profile& p) { p = with_type(p, "set", [](profile::TypeRules& t) { t.free_list_capacity = 0; }); }},
};

bool some_recording_differs(const Mutation& mutation) {
  const std::string version = std::string("cpython-") + mutation.version;
  Profile broken = *profile::find(version);
  mutation.change(broken);
  for (const auto& [name, recording] : recordings_of(version)) {
    std::vector<std::string> ours = lines_of(transcript_of(kFolder + "traces/" + name + ".trace", broken));
    std::vector<std::string> theirs = lines_of(recording);
    if (!std::equal(ours.begin() + 1, ours.end(), theirs.begin() + 1, theirs.end())) return true;
  }
  return false;
}

TEST_CASE("each rule of a profile that is broken makes a recording differ") {
  for (const Mutation& mutation : kMutations) {
    CHECK_MESSAGE(some_recording_differs(mutation), (std::string(mutation.version) + ": " + mutation.rule));
  }
}

// Listed in README.md under "Known to differ". The case fails on purpose: once it holds, the list is wrong.
TEST_CASE("known to differ: 3.13.0 clears a __dict__ that frees its own instance" * doctest::should_fail()) {
  const std::string name = kFolder + "known_differences/clear_frees_its_instance";
  compare(name, transcript_of(name + ".trace", *profile::find("cpython-3.13")),
          read_file(name + ".3.13.log"));
}

}  // namespace
}  // namespace gcsim
