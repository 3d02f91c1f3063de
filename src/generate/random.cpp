#include "gcsim/generate/random.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "chain.h"
#include "classes.h"
#include "dice.h"
#include "leaves.h"
#include "program.h"

namespace gcsim::generate {

namespace {

constexpr Kind kAnyKind[] = {Kind::list,           Kind::dict,       Kind::set,      Kind::tuple,
                             Kind::hashable_tuple, Kind::leaf,       Kind::instance, Kind::slotted,
                             Kind::bare,           Kind::attributes, Kind::weakref};
constexpr Kind kContainers[] = {Kind::list,     Kind::dict,    Kind::set,
                                Kind::instance, Kind::slotted, Kind::attributes};
constexpr Kind kHashable[] = {Kind::leaf, Kind::hashable_tuple};
constexpr Kind kWeaklyReferable[] = {Kind::set, Kind::instance};
constexpr Kind kWithDict[] = {Kind::instance};
// Interned values have other owners, whose number is their own affair.
constexpr Kind kCountable[] = {Kind::list,    Kind::dict, Kind::set,        Kind::tuple,  Kind::instance,
                               Kind::slotted, Kind::bare, Kind::attributes, Kind::weakref};

constexpr std::uint32_t kLongestPlainTuple = 21;  // one more than any version keeps on a free list
constexpr std::uint32_t kLongestTuple = 4;
constexpr std::uint32_t kCrowd = 40;  // more than a class has shared keys for
constexpr std::uint32_t kStepsToAncestor = 4;
constexpr std::uint32_t kTriesForFilled = 4;
constexpr std::uint32_t kCountProbes = 8;  // percent: gc.get_count() itself disturbs the counts
constexpr std::uint32_t kPatience = 100;

class RandomProgram {
 public:
  RandomProgram(const RandomPlan& plan, const Write& write)
      : plan_(plan), k_(plan.knobs), dice_(plan.seed), classes_(k_), program_(k_.events, write) {}

  RandomResult run() {
    write_header();
    std::uint32_t in_vain = 0;
    while (!program_.is_full()) {
      const std::uint32_t before = program_.events();
      next();
      remember_resurrecting();
      in_vain = program_.events() == before ? in_vain + 1 : 0;
      if (in_vain > kPatience) program_.alloc_list();  // the knobs leave nothing to work on
    }
    program_.flush();
    return {program_.events(), program_.model().visits()};
  }

 private:
  void write_header() {
    program_.line(command());
    program_.line("trace 1");
    program_.line("threshold " + std::to_string(k_.threshold0) + " " + std::to_string(k_.threshold1) + " " +
                  std::to_string(k_.threshold2));
    for (const Class& c : classes_.all()) {
      program_.line("class " + c.name + (c.options.empty() ? "" : " ") + c.options);
    }
  }

  // The words that make this trace again.
  std::string command() const {
    std::string text = "# gcsim generate random --seed " + std::to_string(plan_.seed) + " --preset ";
    text += plan_.preset->name;
    const RandomKnobs usual = plan_.preset->knobs();
    for (const Knob& knob : knobs()) {
      if (k_.*knob.value == usual.*knob.value) continue;
      text += " --" + std::string(knob.name) + " " + std::to_string(k_.*knob.value);
    }
    return text;
  }

  // What happens next. Where an event finds nothing to work on it does nothing, and another one is drawn.

  void next() {
    const auto bound = static_cast<std::uint32_t>(names().size());
    if (bound > k_.names && dice_.chance(25 + 10 * std::min(bound - k_.names, 8u))) return drop_names();
    switch (dice_.weighted({k_.allocations, k_.links, k_.unlinks, k_.binds, k_.weakrefs, k_.storms,
                            k_.dict_requests, k_.crowds, k_.chains, k_.collects, switch_weight(), k_.freezes,
                            k_.saveall, k_.probes, k_.checks, resurrected_.empty() ? 0 : k_.collects})) {
      case 0: allocate(); break;
      case 1: link(); break;
      case 2: unlink(); break;
      case 3: bind(); break;
      case 4: refer_weakly(); break;
      case 5: storm(); break;
      case 6: request_dict(); break;
      case 7: crowd(); break;
      case 8: chain(); break;
      case 9: collect(); break;
      case 10: switch_something(); break;
      case 11: freeze(); break;
      case 12: save_all(); break;
      case 13: probe(); break;
      case 14: program_.say("check"); break;
      default: drop_resurrected(); break;
    }
  }

  // A collector that is off should not stay so for long.
  std::uint32_t switch_weight() const { return is_off_ ? 8 * k_.switches : k_.switches; }

  // Choices.

  const std::vector<Name>& names() const { return program_.model().names(); }

  // One object of these kinds, or kNobody.
  template <std::size_t N>
  Index pick(const Kind (&kinds)[N]) {
    std::size_t total = 0;
    for (const Kind kind : kinds) total += program_.model().of_kind(kind).size();
    if (total == 0) return kNobody;
    std::size_t at = dice_.index(total);
    for (const Kind kind : kinds) {
      const std::vector<Index>& candidates = program_.model().of_kind(kind);
      if (at < candidates.size()) return candidates[at];
      at -= candidates.size();
    }
    return kNobody;
  }

  Index any_or_none() {
    const Index any = dice_.chance(k_.nones) ? kNobody : pick(kAnyKind);
    return any == kNobody ? kNoneObject : any;
  }

  // A value for the container: often one from which the container is reached, which closes a cycle.
  Index value_for(Index container) {
    if (!dice_.chance(k_.cycles)) return any_or_none();
    Index ancestor = container;
    for (std::uint32_t steps = dice_.below(kStepsToAncestor); steps > 0; --steps) {
      if (program_[ancestor].holder == kNobody) break;
      ancestor = program_[ancestor].holder;
    }
    return ancestor;
  }

  std::uint32_t dict_key() { return kDictKey | dice_.below(k_.keys); }

  // Late names come one by one while the trace goes on.
  std::uint32_t attribute_name() {
    const std::uint64_t late = std::uint64_t{k_.attributes} * k_.late_names / 100;
    const std::uint64_t yet_to_come = late * (k_.events - program_.events()) / std::max(k_.events, 1u);
    const auto there = static_cast<std::uint32_t>(k_.attributes - yet_to_come);
    return dice_.below(std::max(there, 1u));
  }

  // Births.

  void allocate() {
    if (dice_.chance(k_.aliased_births)) choose_birth_name();
    switch (dice_.weighted({k_.lists, k_.dicts, k_.tuples, k_.sets, k_.instances, k_.leaves})) {
      case 0: program_.alloc_list(); break;
      case 1: program_.alloc_dict(); break;
      case 2: allocate_tuple(); break;
      case 3: program_.alloc_set(); break;
      case 4: allocate_instance(classes_.any(dice_)); break;
      default: program_.alloc_leaf(leaf()); break;
    }
  }

  void choose_birth_name() {
    if (!names().empty() && dice_.chance(k_.rebinds)) {
      program_.bind_next_to(dice_.index(names().size()));
    } else {
      program_.bind_next_to_new_name();
    }
  }

  void allocate_tuple() {
    std::vector<Index> elements;
    if (dice_.chance(k_.empty_tuples)) {
      // Nothing: the one tuple of no elements.
    } else if (dice_.chance(k_.plain_tuples)) {
      elements.assign(dice_.between(1, kLongestPlainTuple), kNoneObject);
    } else if (const bool of_values = dice_.chance(k_.leaf_tuples); of_values && pick(kHashable) != kNobody) {
      for (std::uint32_t n = dice_.between(1, kLongestTuple); n > 0; --n) elements.push_back(pick(kHashable));
    } else {
      for (std::uint32_t n = dice_.between(1, kLongestTuple); n > 0; --n) elements.push_back(any_or_none());
    }
    program_.alloc_tuple(elements);
  }

  Index allocate_instance(std::uint32_t type) { return program_.alloc_instance(classes_[type], type); }

  Leaf leaf() { return dice_.chance(k_.values) ? spelt_leaf(dice_) : own_leaf(dice_, program_.events() + 1); }

  // References.

  void link() {
    const Index container = pick(kContainers);
    if (container == kNobody) return;
    if (program_[container].kind == Kind::set) return add_to_set(container);
    const Index value = value_for(container);
    switch (program_[container].kind) {
      case Kind::list: link_list(container, value); break;
      case Kind::dict: program_.set_item(container, dict_key(), value); break;
      case Kind::attributes:
        program_.set_item(container, dice_.chance(70) ? attribute_name() : dict_key(), value);
        break;
      case Kind::slotted: program_.set_attribute(container, dice_.of(slots_of(container)), value); break;
      default: program_.set_attribute(container, attribute_name(), value); break;
    }
  }

  const std::vector<std::uint32_t>& slots_of(Index instance) const {
    return classes_[program_[instance].type].slots;
  }

  void add_to_set(Index set) {
    const Index element = pick(kHashable);
    if (element != kNobody) program_.add(set, element);
  }

  void link_list(Index list, Index value) {
    const std::size_t size = program_[list].references.size();
    if (size > 0 && dice_.chance(k_.assignments)) {
      program_.assign(list, dice_.index(size), value);
    } else {
      program_.append(list, value);
    }
  }

  // A container, preferably one that holds something.
  Index pick_filled() {
    Index container = kNobody;
    for (std::uint32_t tries = 0; tries < kTriesForFilled; ++tries) {
      container = pick(kContainers);
      if (container == kNobody) break;
      const Index home = program_.home_of(container);
      if (home != kNobody && !program_[home].references.empty()) break;
    }
    return container;
  }

  void unlink() {
    const Index container = pick_filled();
    if (container == kNobody) return;
    switch (program_[container].kind) {
      case Kind::list: unlink_list(container); break;
      case Kind::set: unlink_set(container); break;
      case Kind::dict:
      case Kind::attributes: unlink_dict(container); break;
      default: unlink_attribute(container); break;
    }
  }

  void unlink_list(Index list) {
    const std::size_t size = program_[list].references.size();
    if (size == 0) return;
    if (dice_.chance(k_.clears)) return program_.clear(list);
    const std::size_t at = dice_.index(size);
    switch (dice_.below(3)) {
      case 0: program_.pop(list); break;
      case 1: program_.delete_at(list, at); break;
      default: program_.remove(list, at); break;
    }
  }

  void unlink_set(Index set) {
    const std::size_t size = program_[set].references.size();
    if (size == 0) return;
    if (dice_.chance(k_.discards)) {
      program_.discard(set, dice_.index(size));
    } else {
      program_.clear(set);
    }
  }

  void unlink_dict(Index dict) {
    const Index home = program_.home_of(dict);
    // Its instance may live on in it alone, and clearing such a `__dict__` corrupts the memory of
    // CPython 3.13.0.
    if (home == kNobody) return;
    if (dice_.chance(k_.clears)) return program_.clear(dict);
    const std::size_t known = program_[home].references.size();
    if (known + program_[home].unknown_items > 0 && dice_.chance(k_.popitems)) return program_.pop_item(dict);
    if (known > 0) program_.delete_item(dict, dice_.index(known));
  }

  void unlink_attribute(Index instance) {
    const std::size_t known = program_[instance].references.size();
    if (known > 0) program_.delete_attribute(instance, dice_.index(known));
  }

  // Names.

  void bind() {
    const Index object = pick(kAnyKind);
    if (object == kNobody) return;
    if (!names().empty() && dice_.chance(k_.rebinds)) {
      program_.rebind(dice_.index(names().size()), object);
    } else {
      program_.bind(object);
    }
  }

  void drop_names() {
    std::vector<std::size_t> chosen{dice_.index(names().size())};
    if (dice_.chance(k_.multi_dels)) {
      for (std::uint32_t more = dice_.between(1, 2); more > 0; --more) {
        const std::size_t other = dice_.index(names().size());
        if (std::find(chosen.begin(), chosen.end(), other) == chosen.end()) chosen.push_back(other);
      }
    }
    program_.del(chosen);
  }

  // Objects whose finalizer may bind R_<id>. It has run when a full collection has found them dead (and they
  // were not frozen, nor uncollectable as they are in 2.7).
  void remember_resurrecting() {
    for (const Object& lost : program_.take_lost()) {
      const bool is_instance = lost.kind == Kind::instance || lost.kind == Kind::slotted;
      if (is_instance && classes_[lost.type].resurrects) waiting_.push_back(lost.id);
    }
  }

  void drop_resurrected() {
    const std::size_t at = dice_.index(resurrected_.size());
    program_.del_resurrected(resurrected_[at]);
    resurrected_.erase(resurrected_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  // Weak references.

  void refer_weakly() {
    const Index referent = pick(kWeaklyReferable);
    if (referent != kNobody) refer_weakly_to(referent);
  }

  void refer_weakly_to(Index referent) {
    const Index weakref = program_.weakref(referent, dice_.chance(k_.callbacks));
    if (program_[referent].kind != Kind::instance || !dice_.chance(k_.weakrefs_in_trash)) return;
    program_.set_attribute(referent, attribute_name(), weakref);
    program_.del_id(weakref);
  }

  void storm() {
    const Index referent = pick(kWeaklyReferable);
    if (referent == kNobody) return;
    for (std::uint32_t n = dice_.between(2, 6); n > 0; --n) refer_weakly_to(referent);
  }

  // Instances.

  void request_dict() {
    const Index instance = pick(kWithDict);
    if (instance != kNobody) program_.request_dict(instance, dice_.chance(k_.named_dicts));
  }

  // Each instance takes room for a late attribute name from its class.
  void crowd() {
    const std::uint32_t type = classes_.plain(dice_);
    const Index list = program_.alloc_list();
    Index instance = kNobody;
    for (std::uint32_t n = dice_.between(2, kCrowd); n > 0; --n) {
      instance = allocate_instance(type);
      program_.append(list, instance);
      if (n > 1) program_.del_id(instance);
    }
    for (std::uint32_t n = dice_.below(6); n > 0; --n) {
      program_.set_attribute(instance, attribute_name(), list);
    }
    program_.del_id(instance);
  }

  void chain() {
    ChainPlan chain;
    chain.length = dice_.between(1, std::max(k_.depth, 1u));
    chain.links =
        static_cast<ChainPlan::Links>(dice_.below(static_cast<std::uint32_t>(ChainPlan::Links::mixed) + 1));
    chain.is_comb = dice_.chance(k_.combs);
    chain.is_ring = dice_.chance(k_.rings);
    chain.is_dropped = dice_.chance(70);
    build_chain(program_, classes_, chain, dice_);
  }

  // The collector.

  void collect() {
    const std::string_view generation = dice_.of<std::string_view>({" 0", " 0", " 1", " 1", " 2", ""});
    program_.say("gc collect" + std::string(generation));
    if (generation != " 2" && !generation.empty()) return;
    resurrected_.insert(resurrected_.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
  }

  void switch_something() {
    if (is_off_) return switch_on();
    if (dice_.chance(50)) {
      is_off_ = true;
      return program_.say("gc disable");
    }
    const std::uint32_t youngest = dice_.chance(30) ? dice_.of({0u, 1u, 3u, 10u}) : k_.threshold0;
    is_off_ = youngest == 0;
    std::string event = "gc threshold " + std::to_string(youngest);
    for (std::uint32_t more = dice_.of({0u, 1u, 2u, 2u, 2u}); more > 0; --more) {
      event += " " + std::to_string(dice_.of({0u, 1u, 2u, 5u}));
    }
    program_.say(event);
  }

  // By both ways, as either may have switched it off.
  void switch_on() {
    is_off_ = false;
    program_.say("gc enable");
    program_.say("gc threshold " + std::to_string(k_.threshold0));
  }

  void freeze() {
    is_frozen_ = !is_frozen_;
    program_.say(is_frozen_ ? "gc freeze" : "gc unfreeze");
  }

  void save_all() {
    saves_all_ = !saves_all_;
    program_.say(saves_all_ ? "gc debug SAVEALL" : "gc debug 0");
  }

  void probe() {
    if (dice_.chance(kCountProbes)) return program_.say("gc count");
    const Index object = pick(kCountable);
    const bool is_empty_tuple =
        object != kNobody && program_[object].kind == Kind::tuple && program_[object].references.empty();
    if (object == kNobody || is_empty_tuple || dice_.chance(50)) {
      program_.say("inspect generations");
    } else {
      program_.inspect(object);
    }
  }

  const RandomPlan& plan_;
  const RandomKnobs& k_;
  Dice dice_;
  Classes classes_;
  Program program_;
  std::vector<Word> waiting_;      // lost, and perhaps not finalized yet
  std::vector<Word> resurrected_;  // finalized, and so bound to R_<id>
  bool is_off_ = false;
  bool is_frozen_ = false;
  bool saves_all_ = false;
};

}  // namespace

RandomResult write_random_trace(const RandomPlan& plan, const Write& write) {
  return RandomProgram(plan, write).run();
}

}  // namespace gcsim::generate
