// The words of a trace as the engine knows them: which object an ID stands for and what a name is bound to.
//
// One entry per symbol. A word that names nothing any more is remembered for a while, so that a message can
// say when its object died, and then given back to the reader: memory follows what lives, not the length
// of the trace.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::engine {

class Scope {
 public:
  static constexpr std::uint32_t kUnbound = 0xffffffffu;
  // How many dead words are remembered.
  static constexpr std::size_t kRemembered = 65'536;

  void make_room_for(SymbolId symbol) {
    if (raw(symbol) >= entries_.size()) entries_.resize(raw(symbol) + 1 + entries_.size() / 2);
  }
  // One more than the largest symbol with an entry.
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }

  // The object the ID stands for; only meaningful if is_live.
  std::uint32_t object(SymbolId s) const { return entries_[raw(s)].object; }
  bool is_live(SymbolId s) const { return entries_[raw(s)].object < kDead; }
  bool was_never_an_id(SymbolId s) const { return entries_[raw(s)].object == kNever; }
  // The event in which the object died; 0 if that is not known. REQUIRES: it was an ID and is not live.
  EventIndex died_in(SymbolId s) const { return entries_[raw(s)].object & ~kDead; }

  std::uint32_t binding(SymbolId s) const { return entries_[raw(s)].binding; }

  void set_object(SymbolId s, std::uint32_t object) { entries_[raw(s)].object = object; }
  // A name that is bound anew comes after all others; one that is rebound keeps its place (as in a dict).
  void bind(SymbolId s, std::uint32_t object) {
    Entry& e = entries_[raw(s)];
    if (e.binding == kUnbound) e.order = ++bindings_ & kOrderMask;
    e.binding = object;
  }
  std::vector<SymbolId> names_in_order() const;
  void unbind(SymbolId s) {
    entries_[raw(s)].binding = kUnbound;
    if (!is_live(s)) retire(s);
  }
  void set_dead(SymbolId s, EventIndex event) {
    entries_[raw(s)].object = kDead | static_cast<std::uint32_t>(event < kUnknownEvent ? event : 0);
    if (entries_[raw(s)].binding == kUnbound) retire(s);
  }

  // A pinned word is not forgotten: a finalizer may still bind it.
  void pin(SymbolId s) { entries_[raw(s)].is_pinned = true; }
  void unpin(SymbolId s) {
    entries_[raw(s)].is_pinned = false;
    if (!is_live(s) && binding(s) == kUnbound) retire(s);
  }

  // A word like `a.x`: what it means depends on whether there is a module a.
  bool is_global(SymbolId s) const { return entries_[raw(s)].is_global != 0; }
  void mark_global(SymbolId s) { entries_[raw(s)].is_global = true; }

  // Moves the words that are forgotten now to `symbols`.
  void take_forgotten(std::vector<SymbolId>& symbols);

 private:
  static constexpr std::uint32_t kDead = 0x80000000u;  // | the event of the death
  static constexpr std::uint32_t kNever = 0xffffffffu;
  static constexpr std::uint32_t kUnknownEvent = 0x7fffffffu;

  static constexpr std::uint64_t kOrderMask = (std::uint64_t{1} << 61) - 1;

  struct Entry {
    std::uint32_t object = kNever;
    std::uint32_t binding = kUnbound;
    std::uint64_t order : 61 = 0;      // of the binding
    std::uint64_t is_retired : 1 = 0;  // waits in retired_
    std::uint64_t is_pinned : 1 = 0;
    std::uint64_t is_global : 1 = 0;  // of a module, while there is one of that name
  };

  void retire(SymbolId s) {
    if (entries_[raw(s)].is_retired) return;
    entries_[raw(s)].is_retired = true;
    retired_.push_back(s);
  }

  std::vector<Entry> entries_;
  std::vector<SymbolId> retired_;  // oldest first
  std::uint64_t bindings_ = 0;     // ever made
};

}  // namespace gcsim::engine
