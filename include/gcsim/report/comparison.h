// A comparison: what became of one trace under several rules, as plain data, and the observers that gather
// it.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/report/summary.h"
#include "gcsim/report/tally.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::report {

// How long objects were garbage before they were freed, in events; 0: freed by the event that made them
// garbage.
class Delays {
 public:
  void add(EventIndex delay);
  std::uint64_t count() const { return count_; }
  double mean() const;
  EventIndex median() const;  // the lower one of two
  EventIndex longest() const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t at_once_ = 0;  // delay 0
  std::uint64_t sum_ = 0;
  std::map<EventIndex, std::uint64_t> later_;  // objects by delay
};

// The figures of one run.
struct RunFigures {
  engine::Settings settings;
  Totals totals;
  engine::CountOperations operations;
  std::uint64_t collections = 0;
  std::uint64_t objects_walked = 0;     // by collections; by mark and sweep those it marked
  std::uint64_t slots_walked = 0;       // by sweeps
  std::uint64_t references_walked = 0;  // by collections
  std::uint64_t longest_walk = 0;       // of one collection: objects and slots
  std::uint64_t longest_cascade = 0;    // objects freed by counting in one event
  std::uint64_t garbage_at_end = 0;     // objects
  Delays delays;
  std::uint64_t overhead_bits = 0;   // of all objects allocated: reference counts, collector headers, marks
  std::uint64_t refused_events = 0;  // that are possible under the rules of another run
  std::string first_refusal;         // in words, with its line; empty if there is none

  double overhead_bytes_per_object() const;
};

// The first event whose effects in a run differ from those in the first run.
struct Difference {
  std::size_t run = 0;  // not the first
  EventIndex event = 0;
  std::uint64_t line = 0;
  std::string text;                    // the event
  std::array<std::string, 2> effects;  // in the first run, and in this one
};

struct Comparison {
  TraceFacts trace;
  std::vector<RunFigures> runs;
  std::vector<Difference> differences;  // by run; runs without a difference are missing
};

// What one run's engine did, event by event, until somebody found a difference.
class EffectLog {
 public:
  enum class Kind : std::uint8_t {
    freed,
    finalizer,
    callback,
    resurrected,
    same,
    refused,
    collection,
    sweep,
    returned,
    refcount,
    answer,  // a: of one number, that; b: of all there is; c: the question
  };
  struct Effect {
    Kind kind = Kind::freed;
    SymbolId id = kNoSymbol;
    std::uint64_t a = 0;  // collection: objects walked; sweep: objects marked; else the answer
    std::uint64_t b = 0;  // collected or swept
    std::uint64_t c = 0;  // the generation
    bool operator==(const Effect&) const = default;
  };

  void begin_batch();
  void begin_event();
  void add(const Effect& effect) { effects_.push_back(effect); }
  std::size_t events() const { return begins_.size(); }
  std::span<const Effect> effects_of(std::size_t event) const;  // of the batch
  std::string in_words(std::size_t event, const trace::Vocabulary& words) const;

 private:
  std::vector<Effect> effects_;
  std::vector<std::size_t> begins_;  // by event of the batch
};

// Watches one run.
class RunObserver : public Tally {
 public:
  RunObserver(const engine::Settings& settings, const trace::Vocabulary& words);

  // Before each batch; `log_effects`: whether somebody still asks for them.
  void begin_batch(bool log_effects);
  const EffectLog& effects() const { return log_; }
  // At the end of the run; call it once.
  RunFigures figures(const engine::Simulator& simulator);

  void on_event(EventIndex index, const trace::Event& event) override;
  void on_refused(const engine::HeapFault& fault) override;
  void on_allocated(const engine::ObjectRef& object, bool reused) override;
  void on_same(SymbolId id, const engine::ObjectRef& existing) override;
  void on_freed(const engine::ObjectRef& object, bool collecting, EventIndex unreachable_since) override;
  void on_finalizer(const engine::ObjectRef& object) override;
  void on_resurrected(const engine::ObjectRef& object, SymbolId name) override;
  void on_callback(const engine::ObjectRef& weakref) override;
  void on_collection_end(const engine::CollectionEnd& end) override;
  void on_return(std::int64_t found) override;
  void on_refcount(const engine::ObjectRef& object, std::uint32_t refcount, bool tracked) override;
  void on_answer(const engine::Answer& answer) override;

 private:
  void log(const EffectLog::Effect& effect);
  std::uint32_t overhead_of(TypeId type);

  const trace::Vocabulary& words_;
  RunFigures figures_;
  std::vector<std::uint32_t> overhead_;  // bits, by type
  EventIndex event_ = 0;
  std::uint64_t cascade_ = 0;  // of the current event
  bool logs_ = false;
  EffectLog log_;
};

// Finds the first difference of each run from the first one.
class DifferenceFinder {
 public:
  explicit DifferenceFinder(std::size_t runs) : found_(runs) {}

  bool is_done() const;
  // After all runs have applied the batch.
  void compare(const trace::EventBatch& batch, const std::vector<const EffectLog*>& logs,
               const trace::Vocabulary& words);
  std::vector<Difference> differences() const;

 private:
  std::vector<std::optional<Difference>> found_;  // by run; the first one's stays empty
};

// A table for people, at most 100 columns wide.
std::string text_of(const Comparison& comparison, bool color);
// Schema gcsim.comparison/1.
std::string json_of(const Comparison& comparison);

}  // namespace gcsim::report
