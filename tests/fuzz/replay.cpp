// Bytes become a mostly valid trace. It must leave the heap sound after every event, under each profile, and
// a simulator must do the same whether it is watched or not.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "../support/graph.h"
#include "gcsim/inspect/leaks.h"

namespace gcsim::test {
namespace {

// Ends the program as a crash would: the fuzzer keeps the input.
void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

// The bytes, one for each choice; zeros once they are used up.
class Bytes : public Choices {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  std::uint32_t below(std::uint32_t n) override { return at_ < size_ ? data_[at_++] % n : 0; }
  bool are_used_up() const { return at_ >= size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

class Accounts : public engine::Observer {
 public:
  void on_allocated(const engine::ObjectRef& o, bool) override {
    ++objects;
    bytes += o.size;
  }
  void on_freed(const engine::ObjectRef& o, bool, EventIndex since) override {
    --objects;
    bytes -= o.size;
    require(since <= now, "an object was cut off in the future");
  }
  void on_event(EventIndex event, const trace::Event&) override { now = event; }

  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  EventIndex now = 0;
};

class Pair {
 public:
  explicit Pair(std::string_view profile, const std::array<std::int32_t, 3>& threshold) {
    engine::Settings settings = settings_of(profile);
    settings.threshold = threshold;
    settings.slots = {.initial = 5, .least_available = 1, .least_available_percent = 10};
    watched_ = engine::Simulator::create(settings, &accounts_);
    unwatched_ = engine::Simulator::create(settings, nullptr);
  }

  const engine::Simulator& watched() const { return *watched_; }

  void apply(const EventMaker& maker) {
    auto a = watched_->apply(maker.batch, 0, maker.words);
    auto b = unwatched_->apply(maker.batch, 0, maker.words);
    require(a.fault.has_value() == b.fault.has_value(), "only one of two simulators refused");
    require(watched_->counts() == unwatched_->counts(), "counts differ");
    require(watched_->alive() == unwatched_->alive(), "one of two simulators has more objects");
    require(watched_->long_lived_pending() == unwatched_->long_lived_pending(), "long-lived differ");
    for (const engine::Simulator* s : {watched_.get(), unwatched_.get()}) {
      std::vector<std::string> violations = s->check_invariants();
      require(violations.empty(), violations.empty() ? "" : violations.front());
    }
  }

  void finish() const {
    for (Generation g = 0; g < kGenerations; ++g) {
      const engine::GenerationStats& a = watched_->generation_stats()[g];
      const engine::GenerationStats& b = unwatched_->generation_stats()[g];
      require(a.collections == b.collections && a.collected == b.collected && a.visited == b.visited,
              "statistics differ");
    }
    engine::Snapshot snapshot = watched_->snapshot();
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    for (const engine::SnapshotObject& o : snapshot.objects) {
      if (o.immortal) continue;  // such values exist from the start: nobody allocates them
      ++objects;
      bytes += o.size;
    }
    auto equal = [](std::uint64_t told, std::uint64_t there, const char* what) {
      require(told == there, std::to_string(told) + " " + what + " allocated and not freed, but " +
                                 std::to_string(there) + " are alive");
    };
    equal(accounts_.objects, objects, "objects");
    equal(accounts_.bytes, bytes, "bytes");
    inspect::Leaks leaks = inspect::find_leaks(snapshot);
    require(leaks.objects.size() == snapshot.objects.size(), "an object is not accounted for");
    for (const inspect::Leak& leak : leaks.objects) {
      bool is_garbage = leak.unreachable_since != 0;
      bool has_reason = leak.reason == inspect::Reason::uncollected_cycle ||
                        leak.reason == inspect::Reason::frozen || leak.reason == inspect::Reason::unswept;
      require(is_garbage == has_reason, "only what no name reaches was cut off once");
    }
  }

 private:
  Accounts accounts_;
  std::unique_ptr<engine::Simulator> watched_;
  std::unique_ptr<engine::Simulator> unwatched_;
};

void replay(const std::uint8_t* data, std::size_t size) {
  constexpr int kMostEvents = 2000;
  EventMaker maker;
  Bytes bytes(data, size);
  RandomEvents events(maker, bytes);
  events.allows_freezing = true;
  std::array<std::int32_t, 3> threshold{};
  for (std::int32_t& t : threshold) t = static_cast<std::int32_t>(bytes.below(8));
  Pair cpython("cpython-3.11", threshold);
  Pair textbook("textbook", threshold);
  Pair ruby("ruby-mark-sweep", threshold);
  for (int n = 0; n < kMostEvents && !bytes.are_used_up(); ++n) {
    events.next(usable_in(cpython.watched().snapshot(), events.ids(), false));
    cpython.apply(maker);
    textbook.apply(maker);
    ruby.apply(maker);
    maker.batch.clear();
  }
  cpython.finish();
  textbook.finish();
  ruby.finish();
}

}  // namespace
}  // namespace gcsim::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gcsim::test::replay(data, size);
  return 0;
}
