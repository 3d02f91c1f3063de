// Does the trace only ever use objects that names lead to? Garbage keeps its ID in the base run, but under a
// setting that has collected it the same event could not happen.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/engine/simulator.h"
#include "gcsim/large_pages.h"
#include "gcsim/prefetch.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"
#include "references.h"

namespace gcsim::sweep {

class Witness {
 public:
  void set_simulator(const engine::Simulator& simulator) { simulator_ = &simulator; }
  // Whoever keeps them has them up to date before each event: then nothing else needs to be searched.
  void use(References& references) { references_ = &references; }

  // Before the events of a batch: the words they may use.
  void make_room_for(std::size_t words) {
    if (words > words_.size()) words_.resize(words);
  }
  // Before the event is applied. False: it may use an object that is out of reach, and proving the opposite
  // would take too long.
  bool check(EventIndex index, const trace::Event& e, std::span<const std::uint32_t> operands);
  // While it is: the event hands out an object that was there before. As above.
  bool check_shared(EventIndex index, std::uint32_t object);
  // After it was applied.
  void end_event(EventIndex index, const trace::Event& e, std::span<const std::uint32_t> operands);

  void on_allocated(const engine::ObjectRef& object);
  void on_same(SymbolId id, const engine::ObjectRef& object);
  void on_freed(const engine::ObjectRef& object);

  // Asks for the memory of what the word stands for, before it is needed: first for the word.
  void look_ahead_word(SymbolId word) const {
    if (word != kNoSymbol) prefetch(words_.data() + raw(word));
  }
  std::uint32_t look_ahead_object(SymbolId word) const {
    if (word == kNoSymbol) return kNobody;
    const std::uint32_t object = words_[raw(word)].id_slot;
    if (object != kNobody) prefetch(slots_.data() + object);
    return object;
  }

  // The object in use under this word now, or kNobody.
  std::uint32_t find(SymbolId word) const {
    if (word == kNoSymbol) return kNobody;
    const Word& w = words_[raw(word)];
    if (w.is_value) return kNobody;
    if (is_alive(w.id_slot, w.id_serial)) return w.id_slot;
    return is_alive(w.name_slot, w.name_serial) ? w.name_slot : kNobody;
  }
  std::uint32_t names_of(std::uint32_t slot) const { return slot < slots_.size() ? slots_[slot].names : 0; }
  // The last event that used the object although no name was bound to it; 0: none.
  EventIndex last_touch(std::uint32_t slot) const { return slot < slots_.size() ? slots_[slot].touched : 0; }

  static constexpr std::uint32_t kNobody = 0xffffffffu;  // or a value that exists once

 private:
  struct Slot {
    std::uint32_t names = 0;    // bound to it
    std::uint32_t serial = 0;   // odd: alive; another object takes the next odd number
    std::uint32_t reached = 0;  // the survey that reached it
    std::uint32_t touched = 0;  // the event
  };
  struct Word {
    bool is_value = false;                               // the ID of what exists once
    std::uint32_t id_slot = kNobody, id_serial = 0;      // what it is the ID of
    std::uint32_t name_slot = kNobody, name_serial = 0;  // what it is bound to
  };

  Slot& slot(std::uint32_t i) {
    if (i >= slots_.size()) [[unlikely]]
      slots_.resize(i + 1 + slots_.size() / 2);
    return slots_[i];
  }
  Word& word(SymbolId s) { return words_[raw(s)]; }
  bool is_alive(std::uint32_t slot, std::uint32_t serial) const {
    return slot != kNobody && slots_[slot].serial == serial;
  }
  bool bind(SymbolId name, std::uint32_t slot);
  bool uses(EventIndex index, SymbolId word, bool may_revive);
  bool is_reached(EventIndex index, std::uint32_t slot);
  void survey();

  const engine::Simulator* simulator_ = nullptr;
  References* references_ = nullptr;
  std::vector<Slot, LargePages<Slot>> slots_;
  std::vector<Word, LargePages<Word>> words_;
  std::uint32_t surveys_ = 0;
  EventIndex surveyed_ = 0;  // the event before which the last survey was made
  EventIndex lost_ = 1;      // the last event that may have cut something off
  std::uint64_t effort_ = 0;
};

}  // namespace gcsim::sweep
