// The whole-heap checker: walks everything and compares it with the numbered invariants of README.md.
#include <string>

#include "engine.h"

namespace gcsim::engine {
namespace {

class Checker {
 public:
  Checker(const Heap& heap, const Counts& counts) : heap_(heap), counts_(counts) {}

  std::vector<std::string> run() {
    if (heap_.types.empty()) return {};  // before the first events there is nothing but None
    check_refcounts();
    check_lists();
    check_objects();
    check_ids();
    check_slots();
    for (std::int32_t c : counts_) expect(c >= 0, "I5", "a generation count is negative", 0);
    return std::move(violations_);
  }

 private:
  void expect(bool holds, const char* invariant, const char* what, std::uint32_t object) {
    if (holds || violations_.size() >= 20) return;
    violations_.push_back(std::string(invariant) + ": " + what + " (object in slot " +
                          std::to_string(object) + ")");
  }

  // By mark and sweep: without references, but not swept yet.
  bool is_lost(std::uint32_t i) const { return heap_.marks_and_sweeps() && heap_[i].refcount == 0; }

  // Likewise: unreachable, and a new object has its ID.
  bool has_given_id_up(std::uint32_t i) const {
    SymbolId id = heap_[i].id;
    bool is_taken = heap_.scope.is_live(id) && heap_.scope.object(id) != i;  // perhaps as a further ID
    // A value that exists once is never swept: unused, only the interpreter's own reference is left.
    bool is_unused = heap_[i].has(Object::kInterned) && heap_[i].refcount == 1;
    return heap_.marks_and_sweeps() && (is_lost(i) || is_taken || is_unused);
  }

  // I1: references from names, from live objects, from gc.garbage, from sys.modules, from C code and the
  // interpreter's own add up.
  void check_refcounts() {
    std::vector<std::uint64_t> held(heap_.objects.size());
    for (std::uint32_t i = 0; i < heap_.objects.size(); ++i) {
      if (!heap_[i].has(Object::kAlive)) continue;
      if (heap_[i].has(Object::kInterned)) ++held[i];
      if (!is_lost(i)) heap_.for_each_reference(i, [&](std::uint32_t child) { ++held[child]; });
    }
    heap_.scope.for_each_binding([&](SymbolId, std::uint32_t object) { ++held[object]; });
    heap_.for_each_other_root([&](std::uint32_t i) { ++held[i]; });
    std::vector<bool> waits(heap_.objects.size());
    for (std::uint32_t i : heap_.trashcan) waits[i] = true;
    for (std::uint32_t i = 0; i < heap_.objects.size(); ++i) {
      if (!heap_[i].has(Object::kAlive)) {
        expect(held[i] == 0, "I1", "a dead object is referred to", i);
      } else {
        expect(held[i] == heap_[i].refcount, "I1", "the reference count is not the number of references", i);
        expect(is_lost(i) || waits[i] == (heap_[i].refcount == 0), "I1",
               "an object without references is alive outside the trashcan, or one with references is in it",
               i);
      }
    }
  }

  // I2: a tracked object is in its list, at its position, once.
  void check_lists() {
    for (const ObjectList& list : heap_.lists) {
      std::uint32_t live = 0;
      for (std::uint32_t at = 0; at < list.items().size(); ++at) {
        std::uint32_t i = list.items()[at];
        if (i == kHole) continue;
        ++live;
        expect(heap_[i].has(Object::kAlive), "I2", "a dead object is in a list", i);
        expect(heap_[i].list() == list.id(), "I2", "an object is in a list it does not know of", i);
        expect(heap_[i].position == at, "I2", "an object is not where it thinks", i);
      }
      expect(live == list.live(), "I2", "a list's length is wrong", 0);
      bool is_between_collections =
          static_cast<std::size_t>(list.id()) <= static_cast<std::size_t>(ListId::permanent);
      expect(is_between_collections || live == 0, "I3", "a list of the collector is not empty", 0);
    }
  }

  // I3: no marks of a collection are left. I2 again, from the objects' side.
  void check_objects() {
    for (std::uint32_t i = 1; i < heap_.objects.size(); ++i) {
      const Object& o = heap_[i];
      if (!o.has(Object::kAlive)) continue;
      expect(!o.has(Object::kCollecting), "I3", "a mark of a collection is left", i);
      if (!o.tracked()) continue;
      const ObjectList& list = heap_.list(o.list());
      bool there = o.position < list.items().size() && list.items()[o.position] == i;
      expect(there, "I2", "a tracked object is not in its list", i);
      expect(heap_.type(o).is_gc, "I2", "an object without collector header is tracked", i);
    }
  }

  // I6: an ID names a live object that knows it; weak references point to live objects.
  void check_ids() {
    for (std::uint32_t i = 1; i < heap_.objects.size(); ++i) {
      const Object& o = heap_[i];
      if (!o.has(Object::kAlive)) continue;
      if (o.id != kNoSymbol && !has_given_id_up(i)) {
        expect(heap_.scope.is_live(o.id) && heap_.scope.object(o.id) == i, "I6", "an ID is lost", i);
      }
      if (heap_.type(o).layout != Layout::weakref) continue;
      std::uint32_t referent = Weakrefs::referent(o);
      if (referent == Weakrefs::kNone) continue;
      expect(heap_[referent].has(Object::kAlive), "I6", "a weak reference to a dead object was not cleared",
             i);
      expect(heap_[referent].has(Object::kHasWeakrefs), "I6", "an object does not know its weak reference",
             i);
    }
  }

  // I9: a slot is taken or available, and available once.
  void check_slots() {
    std::vector<bool> available(heap_.objects.size());
    for (std::uint32_t i : heap_.free_slots) {
      expect(!available[i] && !heap_[i].has(Object::kAlive), "I9", "a slot is available twice or taken", i);
      available[i] = true;
    }
    for (std::uint32_t i = 1; i < heap_.objects.size(); ++i)
      expect(available[i] != heap_[i].has(Object::kAlive), "I9", "a slot is lost", i);
  }

  const Heap& heap_;
  const Counts& counts_;
  std::vector<std::string> violations_;
};

}  // namespace

std::vector<std::string> find_violations(const Heap& heap, const Counts& counts) {
  return Checker(heap, counts).run();
}

}  // namespace gcsim::engine
