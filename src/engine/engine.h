// The engine: one class template for all profiles, compiled twice: watched (with an observer and the garbage
// clock) and unwatched (without any of their cost). Its members are in the chapters
//   apply.h      events, operands, faults
//   quick.h      the commonest events, without a call
//   allocate.h   allocation, counts, triggers, birth and names
//   containers.h lists, dicts, sets, attributes, weak references
//   deallocate.h death by reference count: finalizers, callbacks, contents, the trashcan
//   collect.h    the cycle collector
//   modules.h    imports, globals of modules, references of C code, the interpreter's exit
//   constants.h  code units and their constants, interned strings, a += 1
//   introspect.h the gc module's questions, gc.garbage, gc.callbacks
//   mark_sweep.h the other collector: mark and sweep, with a list of available slots
//   scopes.h     calls, frames, generators, exceptions
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "blocks.h"
#include "dict.h"
#include "heap.h"
#include "look_ahead.h"

namespace gcsim::engine {

// Snapshot and invariants need the heap only; the engine adds its figures.
Snapshot take_snapshot(const Heap& heap, const std::vector<EventIndex>& released);
std::vector<std::string> find_violations(const Heap& heap, const Counts& counts);

template <bool kWatched>
class Engine final : public Simulator {
 public:
  Engine(const Settings& settings, Observer* observer);

  Applied apply(const trace::EventBatch& batch, std::size_t begin,
                const trace::Vocabulary& vocabulary) override;

  Counts counts() const override { return counts_; }
  std::array<std::int32_t, kGenerations> thresholds() const override { return threshold_; }
  bool enabled() const override { return enabled_; }
  std::uint64_t alive() const override;
  std::uint64_t tracked() const override;
  std::uint64_t long_lived_total() const override { return long_lived_total_; }
  std::uint64_t long_lived_pending() const override { return long_lived_pending_; }
  std::span<const GenerationStats, kGenerations> generation_stats() const override { return stats_; }
  std::vector<FreeListStats> free_list_stats() const override { return heap_.free_lists.stats(); }
  std::uint64_t creations() const override { return creations_; }
  CountOperations count_operations() const override {
    return heap_.marks_and_sweeps() ? CountOperations{} : count_operations_;
  }
  SlotStats slot_stats() const override;
  Snapshot snapshot() const override;
  void take_forgotten(std::vector<SymbolId>& symbols) override { heap_.scope.take_forgotten(symbols); }
  std::optional<HeapStats> heap_stats() const override;
  std::vector<SizeClassStats> size_classes() const override;
  std::vector<std::string> check_invariants() const override;

 private:
  using Index = std::uint32_t;  // of an object

  // --- apply.h: each answers false when the event is refused; fault_ then says why
  bool step(const trace::Event& e, const trace::EventBatch& batch);
  bool step_rarer(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool refuse(trace::Fault fault, trace::Operand operand, SymbolId symbol, std::uint32_t ordinal = 0);
  bool refuse_dead(trace::Operand operand, SymbolId symbol, std::uint32_t ordinal);
  bool refuse_type(const Object& o, trace::Operand operand, SymbolId symbol);
  bool resolve(SymbolId symbol, trace::Operand operand, Index& object, std::uint32_t ordinal = 0);
  bool resolve_any(SymbolId symbol, trace::Operand operand, Index& object, std::uint32_t ordinal);
  bool check_new_id(SymbolId symbol, trace::Operand operand);
  bool check_live_id(SymbolId symbol, trace::Operand operand);
  bool still_alive(SymbolId symbol, Index object, trace::Operand operand, std::uint32_t ordinal = 0);
  bool apply_bind(const trace::Event& e);
  bool apply_del(const trace::Event& e, const trace::EventBatch& batch);
  bool delete_names(std::span<const std::uint32_t> names);
  bool die_somehow(Index i);
  bool apply_collector(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool apply_get_count();
  bool apply_inspect(const trace::Event& e);
  bool apply_is(const trace::Event& e);
  void answer(AnswerKind kind, std::initializer_list<std::int64_t> numbers);
  bool apply_recorded(const trace::Event& e);
  void freeze();
  void unfreeze();

  // --- quick.h
  Index be_born_quickly(const trace::Event& e, TypeId type_id, TypeState& type);
  bool add_quickly(const trace::Event& e);
  bool unbind_quickly(SymbolId name, Index& object);
  bool die_quickly(Index i);

  // --- allocate.h
  bool apply_alloc(const trace::Event& e, const trace::EventBatch& batch);
  bool alloc_empty(const trace::Event& e, TypeState& type);
  bool alloc_specially(const trace::Event& e, std::span<const std::uint32_t> operands);
  // Where an object lies, as id() says it.
  std::uint64_t address_of(Index i) const requires kWatched {
    return blocks_.address(i, heap_.type(heap_[i]).is_gc);
  }
  Index* interned_place(const trace::Event& e);
  bool alloc_interned(const trace::Event& e, Index& place);
  std::uint32_t birth_length(const trace::Event& e, const TypeState& type) const;
  void set_up(const trace::Event& e, TypeState& type, Index i);
  void set_up_special(const trace::Event& e, TypeState& type, Index i);
  bool fill_tuple(Index tuple, std::span<const std::uint32_t> operands);
  bool take_memory(const TypeState& type, std::uint32_t length, std::uint32_t size, bool bypass_free_list);
  void give_back_memory();
  void count_allocation();
  bool may_collect() const;
  void start_due_collection();
  void ask_for_memory(const TypeState& type);
  bool is_due(Generation g) const;
  void collect_generations();
  void run_pending_collection();
  Index new_object(TypeId type, SymbolId id, std::uint32_t size);
  Index create(TypeId type, SymbolId id, std::uint32_t size, bool reused);
  Index create_internal_tuple(std::uint32_t length);
  void set_leaf_value(Object& o, LiteralId literal);
  std::uint32_t natural_size(const trace::Event& e, const TypeState& type, std::uint32_t length) const;
  std::uint32_t size_of_value(const trace::Event& e, const TypeState& type, std::uint32_t length) const;
  void give_birth(SymbolId id, SymbolId name, Index object);
  void bind(SymbolId name, Index object);  // takes over one reference

  // --- containers.h
  bool apply_add(const trace::Event& e);
  bool add_somehow(const trace::Event& e);
  bool apply_set_item(const trace::Event& e);
  bool apply_del_item(const trace::Event& e);
  bool apply_pop(const trace::Event& e);
  bool apply_remove(const trace::Event& e);
  bool apply_clear(const trace::Event& e);
  bool apply_set_attr(const trace::Event& e);
  bool apply_del_attr(const trace::Event& e);
  bool apply_dict(const trace::Event& e);
  bool apply_weakref(const trace::Event& e);
  bool add_to_set(const trace::Event& e, Index set, Index value);
  bool remove_from_set(const trace::Event& e, Index set, Index value);
  bool remove_from_words(const trace::Event& e, Index container, Index value);
  bool list_slot(const trace::Event& e, const Object& list);
  void replace_word(Index object, std::uint32_t at, Index value);
  void set_item(Index dict, KeyId key, Index value);
  bool delete_item(const trace::Event& e, Index dict, trace::Fault missing);
  bool pop_item(const trace::Event& e, Index dict);
  void detach_dict(Index n);
  void set_attribute_in_dict(Index dict, KeyId key, Index value);
  bool materialise(const trace::Event& e, Index n, trace::Operand operand);
  void clear_contents(Index i);

  // --- deallocate.h
  struct Frame {
    Index object;
    std::uint32_t cursor;  // what is left of the contents, or how far they are released
  };
  static constexpr Index kTrashcan = kNoneIndex;  // the object of the frame that empties it
  void incref(Index i) {
    ++heap_[i].refcount;
    if constexpr (kWatched) ++count_operations_.increments;
  }
  void decref(Index i);
  bool drop(Index i);
  bool die_at_once(Index i);
  bool die_elsewhere(Index i);
  void die(Index i);
  bool resume_dealloc(Index& i, std::uint32_t& cursor);
  bool begin_dealloc(Index i, std::uint32_t& cursor);
  bool begin_special_dealloc(const TypeState& type, Index i);
  bool run_dying_steps(Index i, bool finalizes);
  bool finalize_dying(Index i);
  void call_finalizer(Index i);
  void note_death(Index i);
  void forget_words(Index i);
  void forget_id(const Object& o, Index i);
  void forget_other_words(Index i);
  void clear_weakrefs_of(Index i);
  bool clear_weakrefs_quietly(Index i);
  void call_back(Index weakref);
  bool pass_tuples(std::uint32_t length, std::uint32_t n);
  FreeLists::List* list_of_passing_tuples(std::uint32_t length);
  bool pass_callback_tuples(std::uint32_t n);
  void show_callback(Index weakref);
  bool release_contents(Index i, std::uint32_t& cursor, Index& child);
  bool leads_on(Index i) const;
  bool next_word(const TypeState& type, Index i, std::uint32_t& cursor, Index& child) const;
  bool next_content(Index i, std::uint32_t& cursor, Index& child) const;
  void finish_dealloc(Index i);
  bool forget_contents(const TypeState& type, Index i);
  bool keep_block(const TypeState& type, std::uint32_t length);
  void free_memory(const TypeState& type, Index i);
  void leave_trashcan(const TypeState& type);
  void empty_trashcan();

  // --- modules.h
  void learn_globals(const trace::EventBatch& batch);
  bool apply_import(const trace::Event& e);
  bool begin_import(const trace::Event& e, const ModuleTable::Import& import);
  void finish_import(const ModuleTable::Import& import);
  bool apply_import_end(const trace::Event& e);
  void end_import(bool is_loaded);
  void unpin_unless_awaited(SymbolId name);
  void import_error(const ModuleTable::Entry& from, SymbolId missing);
  Index create_module(SymbolId id);
  Index find_global(Index module, KeyId key) const;
  void bind_global(SymbolId name, Index dict, Index object);  // takes over one reference
  bool delete_global(SymbolId name, Index dict);
  void refer_to_globals(SymbolId name, Index function);
  Index main_dict();
  bool apply_hold(const trace::Event& e);
  bool apply_exit();
  void drop_main();
  void put_first(Index i);
  void clear_modules(std::vector<ModuleTable::Entry>& modules, bool backwards);
  void clear_globals(Index module);
  void clear_main();
  void clear_unshared_modules();
  void clear_other_modules();
  std::vector<SymbolId> names_by_hash(const std::vector<SymbolId>& names);
  void put_modules_in_hash_order();
  // A module's own, not for others: "_x", but not "__x".
  static bool begins_with_one_underscore(std::string_view word) {
    return word.starts_with('_') && !word.starts_with("__");
  }
  // --- mark_sweep.h
  // What runs when the sweep is over: the finalizer of an object that is gone, or a callback.
  struct Deferred {
    ObjectRef object;  // or the weak reference
    bool is_callback;
    Index slot;  // of the object, where it was; or of the weak reference
  };
  void abandon(Index i);
  bool is_reachable(Index i);
  void find_slots(std::size_t n);
  void add_slots();
  std::uint64_t least_available(std::uint64_t slots) const;
  std::int64_t mark_and_sweep(CollectionReason reason);
  std::uint64_t mark();
  std::uint64_t mark_from(Index root);
  void find_unmarked(ObjectList& dead);
  void sweep(ObjectList& dead);
  void sweep_object(Index i);
  void chain_slots();
  void run_deferred();

  // --- collect.h
  struct Trigger {
    CollectionReason reason = CollectionReason::explicit_call;
    std::int32_t count = 0;
    std::int32_t threshold = 0;
    bool calls_back = true;  // gc.callbacks
  };
  std::int64_t collect_garbage(Generation generation, const Trigger& trigger);
  std::int64_t collect(Generation generation, const Trigger& trigger);
  void reset_counts(Generation generation);
  void merge_younger(Generation generation);
  // Whether a list that was walked holds any of the types that a collection may untrack.
  struct Untrackable {
    bool tuples = false;
    bool dicts = false;
  };
  Untrackable deduce_unreachable(ObjectList& young, ObjectList& unreachable);
  Untrackable update_refs(ObjectList& young);
  void subtract_refs(ObjectList& young);
  void move_unreachable(ObjectList& young, ObjectList& unreachable);
  std::uint64_t untrack_tuples(ObjectList& young);
  std::uint64_t untrack_dicts(ObjectList& young);
  template <class Keep>
  std::uint64_t untrack_if(ObjectList& young, Keep keep);
  bool holds_only_untracked(Index i) const;
  void promote(Generation generation, Untrackable present, CollectionEnd& end);
  void date_garbage(ObjectList& unreachable);
  std::uint64_t handle_weakrefs(ObjectList& unreachable, ObjectList& old);
  void finalize_garbage(ObjectList& unreachable);
  bool is_closed(const TypeState& type, const Object& o) const;
  void close(Index i);
  void set_aside_uncollectable(ObjectList& unreachable);
  std::uint64_t keep_uncollectable(ObjectList& old);
  void keep_all_if_resurrected(ObjectList& unreachable, ObjectList& old);
  void handle_resurrected(ObjectList& unreachable, ObjectList& old);
  void delete_garbage(ObjectList& unreachable, ObjectList& old);
  void show_phase(Phase phase, const ObjectList& list);
  void show_debug(const ObjectList& unreachable);
  void show_debug_object(bool collectable, Index i);

  // --- introspect.h
  bool apply_introspection(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool refuse_function();
  Index create_internal(trace::BuiltinType builtin);
  bool apply_get_threshold();
  bool apply_get_stats();
  bool apply_get_objects(std::uint32_t generation);
  bool apply_neighbours(std::span<const std::uint32_t> operands, AnswerKind kind);
  std::vector<Index> referrers_of(const std::vector<Index>& sought, Index except) const;
  void show_referents(const std::vector<Index>& arguments);
  void show_objects(AnswerKind kind, const std::vector<Index>& objects);
  bool apply_object_question(const trace::Event& e, AnswerKind kind);
  void clear_garbage();
  bool apply_callbacks(const trace::Event& e);
  void invoke_callbacks(AnswerKind kind, const Trigger& trigger);
  void show_generation_sizes(Generation generation);
  void show_done(const CollectionEnd& end);

  // --- constants.h
  using Constants = std::unordered_map<std::uint32_t, Index>;  // by literal
  bool apply_shared_value(const trace::Event& e);
  bool apply_constant(const trace::Event& e);
  bool is_name_like(const TypeState& type, LiteralId literal) const;
  bool is_shared(LiteralId literal) const;
  Index find_constant(const trace::Event& e) const;
  void hold_constant(LiteralId literal, Index i);
  void release_constants();
  void add_interned_string(Index i);
  bool apply_intern(const trace::Event& e);
  bool apply_id(const trace::Event& e);
  bool apply_getrefcount(const trace::Event& e);
  bool apply_add_in_place(const trace::Event& e);
  Index object_of_value(const Heap::Literal& value);
  void take_id_away(Index i, SymbolId id);

  // --- scopes.h
  bool apply_call(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool apply_return(const trace::Event& e);
  bool apply_frame(const trace::Event& e);
  bool apply_raise(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool apply_generator(const trace::Event& e, std::span<const std::uint32_t> operands);
  bool apply_next(const trace::Event& e);
  bool apply_yield(const trace::Event& e);
  bool take_arguments(std::span<const std::uint32_t> operands);
  void release_arguments(std::uint32_t first);
  bool take_result(const trace::Event& e, Index& result);
  void hand_over(SymbolId name, Index result);
  void leave_call();
  void keep_locals(Index holder, bool with_names);
  void release_locals();
  void end_handler(std::size_t at);
  void end_handlers();
  void end_named_handler(SymbolId name);
  bool has_frame_objects() const;
  Index create_frame(KeyId function, Index back);
  Index frame_at(std::uint32_t depth);
  Index module_frame();
  Index create_traceback(Index next, Index frame);
  Index create_exception(const trace::Event& e, std::span<const std::uint32_t> operands);
  void suspend(Index generator);
  void resume(Index generator);
  bool keeps_frame_when_closed() const;
  void leave_locals_to_frame(Index generator);
  void link_to_caller(Index frame);
  void release_waiting_locals(Index generator);
  void release_frame_of(Index generator);
  void clear_frame(Index i);
  bool keep_spare_frame(const TypeState& type, Index i);
  bool take_spare_frame(KeyId function);
  void drop_name_holds(const Object& o);

  Heap heap_;
  Observer* observer_;
  bool shows_phases_ = false;

  Counts counts_;
  std::array<std::int32_t, kGenerations> threshold_;
  bool enabled_;
  bool collecting_ = false;
  bool exited_ = false;
  bool is_pending_ = false;         // a collection became due and waits for a check
  bool checks_are_events_ = false;  // the trace says itself where checks are
  std::uint32_t debug_ = 0;
  std::vector<SymbolId> callbacks_;  // gc.callbacks
  std::vector<Constants> units_;     // open code units, innermost last
  Constants compiled_;               // the constants of all of them
  std::uint64_t long_lived_base_;    // tracked objects older than the trace
  std::uint64_t long_lived_total_;
  std::uint64_t long_lived_pending_ = 0;
  std::array<GenerationStats, kGenerations> stats_{};
  std::uint64_t creations_ = 0;
  bool resurrected_ = false;  // a finalizer of the running collection bound a name

  EventIndex event_ = 0;
  const trace::Vocabulary* vocabulary_ = nullptr;  // only the exit, which goes by names, needs words
  std::optional<HeapFault> fault_;
  bool is_raising_ = false;  // an exception is on its way: allocations count, but start no collection

  std::vector<Frame> frames_;  // deallocations that wait for another, innermost last
  std::int32_t nesting_ = 0;   // of deallocators that take part in the trashcan

  // The garbage clock (watched only). released_[i]: the last event that took a reference to object i away;
  // once i is known to be garbage, the event that cut it off from all names.
  std::vector<EventIndex> released_;
  EventIndex clock_ = 0;  // what a released reference is dated with

  // Addresses (watched only).
  std::conditional_t<kWatched, Blocks, NoBlocks> blocks_;
  Blocks::Block next_block_;  // where the next object will lie
  // Watched only.
  CountOperations count_operations_;
  std::uint64_t references_walked_ = 0;  // by the running collection

  // Mark and sweep only.
  profile::SlotRules slots_;
  std::uint64_t slots_to_add_;      // the next time
  std::vector<Deferred> deferred_;  // by the running sweep, in its order

  std::vector<Index> scratch_;
  std::vector<Index> passed_;          // arguments of the call that begins
  std::vector<Scope::Local> leaving_;  // locals of the call that ends
  std::vector<PhaseEntry> phase_entries_;
};

// gc.set_debug
inline constexpr std::uint32_t kDebugStats = 1;
inline constexpr std::uint32_t kDebugCollectable = 2;
inline constexpr std::uint32_t kDebugUncollectable = 4;
inline constexpr std::uint32_t kDebugSaveAll = 32;

}  // namespace gcsim::engine
