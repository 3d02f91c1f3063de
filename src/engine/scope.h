// The words of a trace as the engine knows them: which object an ID stands for and what a name is bound to.
//
// One entry per symbol. A word that names nothing any more is remembered for a while, so that a message can
// say when its object died, and then given back to the reader: memory follows what lives, not the length
// of the trace.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/large_pages.h"
#include "gcsim/types.h"
#include "index_array.h"

namespace gcsim::engine {

class Scope {
 public:
  static constexpr std::uint32_t kUnbound = 0xffffffffu;
  // How many dead words are remembered. More of them, and their entries would not stay in the cache.
  static constexpr std::size_t kRemembered = 8'192;

  void make_room_for(SymbolId symbol) {
    if (raw(symbol) >= entries_.size()) entries_.resize(raw(symbol) + 1 + entries_.size() / 4);
  }
  // Bindings are numbered in their order. Asked between batches, each of which makes far fewer than this:
  // counts those that there are from 1 again when the numbers have become so large.
  static constexpr std::uint32_t kLargestOrder = 1u << 31;
  void renumber_from(std::uint32_t largest = kLargestOrder) {
    if (last_order_ >= largest) [[unlikely]]
      renumber();
  }

  // One more than the largest symbol with an entry.
  std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }

  // The object the ID stands for; only meaningful if is_live.
  std::uint32_t object(SymbolId s) const { return entries_[raw(s)].object; }
  bool is_live(SymbolId s) const { return entries_[raw(s)].object < kDead; }
  bool was_never_an_id(SymbolId s) const { return entries_[raw(s)].object == kNever; }
  // The event in which the object died; 0 if that is not known. REQUIRES: it was an ID and is not live.
  EventIndex died_in(SymbolId s) const { return entries_[raw(s)].object & ~kDead; }

  // What the word means here as a name: a local of the innermost call, or else a name of the module.
  std::uint32_t binding(SymbolId s) const {
    const Entry& e = entries_[raw(s)];
    return e.depth() == 0 || e.depth() == depth_ ? e.binding : module_binding(s);
  }
  // What it is bound to in the innermost call (at the module level: in the module).
  std::uint32_t own_binding(SymbolId s) const {
    const Entry& e = entries_[raw(s)];
    return e.depth() == depth_ ? e.binding : kUnbound;
  }
  // A bound local of the innermost call: its name comes before any ID.
  bool is_local(SymbolId s) const {
    return depth_ != 0 && entries_[raw(s)].depth() == depth_ && entries_[raw(s)].binding != kUnbound;
  }
  std::uint32_t module_binding(SymbolId s) const;
  void bind_in_module(SymbolId s, std::uint32_t object);

  // For requests that run ahead of the events: the word may be none at all, and what it stands for change.
  const void* entry_ahead(SymbolId s) const { return &entries_[raw(s) < entries_.size() ? raw(s) : 0]; }
  std::uint32_t object_ahead(SymbolId s) const {
    const Entry& e = entries_[raw(s) < entries_.size() ? raw(s) : 0];
    const std::uint32_t is_dead = 0u - (e.object >> 31);  // all bits or none
    return (e.object & ~is_dead) | (e.binding & is_dead);
  }

  void set_object(SymbolId s, std::uint32_t object) { entries_[raw(s)].object = object; }
  // A name that is bound anew comes after all others; one that is rebound keeps its place (as in a dict).
  // Returns what it was bound to in the innermost call, or kUnbound.
  [[gnu::always_inline]] std::uint32_t bind(SymbolId s, std::uint32_t object) {
    Entry& e = entries_[raw(s)];
    if (e.depth() != depth_) [[unlikely]]
      shadow(s);
    const std::uint32_t old = e.binding;
    if (old == kUnbound) e.order = ++last_order_;
    e.binding = object;
    return old;
  }
  // The ways of the commonest events, without a call: a word that is ID and name in one is born, and unbound
  // again. Each first asks whether it may be taken.
  bool is_new_here(SymbolId s) const {
    const Entry& e = entries_[raw(s)];
    return e.object >= kDead && e.binding == kUnbound && is_plain_here(e);
  }
  // REQUIRES: is_new_here(s).
  void be_born(SymbolId s, std::uint32_t object) {
    Entry& e = entries_[raw(s)];
    e.object = object;
    e.binding = object;
    e.order = ++last_order_;
  }
  // set_dead. REQUIRES: plain_binding has just found room.
  void set_dead_in_place(SymbolId s, EventIndex event) {
    Entry& e = entries_[raw(s)];
    e.object = death_mark(event);
    if (e.binding != kUnbound || e.has(kRetired)) return;
    e.set(kRetired);
    retired_.push_in_place(raw(s));
  }
  // What a name is bound to that means nothing else here; kUnbound also if it must go the long way.
  std::uint32_t plain_binding(SymbolId s) const {
    const Entry& e = entries_[raw(s)];
    return is_plain_here(e) && has_room_to_retire() ? e.binding : kUnbound;
  }
  std::vector<SymbolId> names_in_order() const;
  [[gnu::always_inline]] void unbind(SymbolId s) {
    entries_[raw(s)].binding = kUnbound;
    if (!is_live(s)) retire(s);
  }
  [[gnu::always_inline]] void set_dead(SymbolId s, EventIndex event) {
    entries_[raw(s)].object = death_mark(event);
    if (entries_[raw(s)].binding == kUnbound) retire(s);
  }

  // A pinned word is not forgotten: a finalizer may still bind it.
  void pin(SymbolId s) { entries_[raw(s)].set(kPinned); }
  void unpin(SymbolId s) {
    entries_[raw(s)].reset(kPinned);
    if (is_free(s)) retire(s);
  }

  // Calls. The names bound in one are its locals, in the order in which they first were; they hide those of
  // the module, and are gone when it is over.
  static constexpr std::uint32_t kMaxDepth = 65'535;
  struct Local {
    SymbolId name;
    std::uint32_t object;  // kUnbound: was deleted
  };
  std::uint32_t depth() const { return depth_; }
  void enter() {
    ++depth_;
    first_local_.push_back(static_cast<std::uint32_t>(shadowed_.size()));
  }
  // Ends the innermost call; its locals are the caller's to release.
  void leave(std::vector<Local>& locals);
  // Calls visit(object) for each bound local of the call at that depth, in order.
  template <class Visit>
  void for_each_local(std::uint32_t depth, Visit visit) const;
  // Calls visit(name, object) for each bound name of the module and of all calls.
  template <class Visit>
  void for_each_binding(Visit visit) const;
  // A word that waits in a frame as a name is not forgotten.
  void hold(SymbolId s) {
    if (raw(s) >= holds_.size()) holds_.resize(entries_.size());
    ++holds_[raw(s)];
    entries_[raw(s)].set(kHeld);
  }
  void drop_hold(SymbolId s) {
    if (--holds_[raw(s)] != 0) return;
    entries_[raw(s)].reset(kHeld);
    if (is_free(s)) retire(s);
  }

  // A word like `a.x`: what it means depends on whether there is a module a.
  bool is_global(SymbolId s) const { return entries_[raw(s)].has(kGlobal); }
  void mark_global(SymbolId s) { entries_[raw(s)].set(kGlobal); }

  // Moves the words that are forgotten now to `symbols`.
  void take_forgotten(std::vector<SymbolId>& symbols);

 private:
  static constexpr std::uint32_t kDead = 0x80000000u;  // | the event of the death
  static constexpr std::uint32_t kNever = 0xffffffffu;
  static constexpr std::uint32_t kUnknownEvent = 0x7fffffffu;

  static constexpr int kDepthShift = 16;
  static constexpr std::uint32_t kFlags = (1u << kDepthShift) - 1;
  enum Flag : std::uint32_t {
    kRetired = 1,  // waits in retired_
    kPinned = 2,
    kHeld = 4,    // in holds_
    kGlobal = 8,  // of a module, while there is one of that name
  };

  struct Entry {
    std::uint32_t object = kNever;
    std::uint32_t binding = kUnbound;
    std::uint32_t order = 0;  // of the binding, among those that there are
    std::uint32_t state = 0;  // flags; above them the depth of the call it is a local of, 0: the module

    bool has(Flag f) const { return (state & f) != 0; }
    void set(Flag f) { state |= f; }
    void reset(Flag f) { state &= ~static_cast<std::uint32_t>(f); }
    std::uint32_t depth() const { return state >> kDepthShift; }
    void set_depth(std::uint32_t depth) { state = (state & kFlags) | depth << kDepthShift; }
    bool is_free() const { return object >= kDead && binding == kUnbound && depth() == 0; }
  };
  static_assert(sizeof(Entry) == 16);

  // What a local hides.
  struct Shadowed {
    SymbolId name;
    std::uint32_t binding;
    std::uint32_t order;
    std::uint32_t depth;
  };

  bool is_plain_here(const Entry& e) const {
    return (e.state & ~(kFlags ^ kGlobal)) == depth_ << kDepthShift;
  }
  static std::uint32_t death_mark(EventIndex event) {
    return kDead | static_cast<std::uint32_t>(event < kUnknownEvent ? event : 0);
  }
  // For a name, and for the ID of what dies with it.
  bool has_room_to_retire() const { return retired_.size() + 2 <= retired_.capacity(); }
  bool is_free(SymbolId s) const { return entries_[raw(s)].is_free(); }
  void renumber();
  void shadow(SymbolId s);
  // The hidden binding of the name at that depth. REQUIRES: the entry is of a deeper call.
  const Shadowed* hidden(SymbolId s, std::uint32_t depth) const;
  std::uint32_t binding_at(SymbolId s, std::uint32_t depth) const;

  [[gnu::always_inline]] void retire(SymbolId s) {
    if (entries_[raw(s)].has(kRetired)) return;
    entries_[raw(s)].set(kRetired);
    retired_.push_back(raw(s));
  }

  std::vector<Entry, LargePages<Entry>> entries_;
  IndexArray retired_;  // symbols, oldest first, from retired_begin_ on
  std::size_t retired_begin_ = 0;
  std::uint32_t last_order_ = 0;            // of a binding
  std::uint32_t depth_ = 0;                 // of calls
  std::vector<Shadowed> shadowed_;          // by the locals of all calls, outermost first
  std::vector<std::uint32_t> first_local_;  // of each call, in shadowed_
  std::vector<std::uint32_t> holds_;        // by symbol; as far as any was needed
};

template <class Visit>
void Scope::for_each_local(std::uint32_t depth, Visit visit) const {
  std::size_t end = depth < depth_ ? first_local_[depth] : shadowed_.size();
  for (std::size_t k = first_local_[depth - 1]; k < end; ++k) {
    std::uint32_t object = binding_at(shadowed_[k].name, depth);
    if (object != kUnbound) visit(object);
  }
}

template <class Visit>
void Scope::for_each_binding(Visit visit) const {
  for (std::uint32_t n = 0; n < entries_.size(); ++n) {
    if (entries_[n].binding != kUnbound) visit(SymbolId{n}, entries_[n].binding);
  }
  for (const Shadowed& s : shadowed_) {
    if (s.binding != kUnbound) visit(s.name, s.binding);
  }
}

}  // namespace gcsim::engine
