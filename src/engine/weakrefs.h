// Which weak references an object has, in CPython's order: the shared one without callback first, then
// those with a callback, newest first (weakrefobject.c).
#pragma once

#include <cstdint>
#include <vector>

#include "index_array.h"
#include "object.h"

namespace gcsim::engine {

class Weakrefs {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  // The first weak reference of the object, or kNone.
  std::uint32_t first(std::uint32_t referent) const {
    return referent < heads_.size() ? heads_[referent] : kNone;
  }
  std::uint32_t next(const Object& weakref) const { return nodes_[weakref.words[1]].next; }
  bool has_callback(const Object& weakref) const { return nodes_[weakref.words[1]].has_callback; }
  bool raises(const Object& weakref) const { return nodes_[weakref.words[1]].raises; }
  // kNone once it was cleared.
  static std::uint32_t referent(const Object& weakref) { return weakref.words[0]; }

  // Links a new weak reference, whose callback may raise. REQUIRES: without callback, none without callback
  // is there yet.
  void add(ObjectArray& heap, std::uint32_t weakref, std::uint32_t referent, bool has_callback, bool raises);
  // clear_weakref: unlinks it; it refers to nothing afterwards and keeps its callback flag.
  void clear(ObjectArray& heap, std::uint32_t weakref);
  // clear_weakref for all of the object's; none has a callback afterwards.
  void clear_all(ObjectArray& heap, std::uint32_t referent);
  // How many of the object's have a callback.
  std::uint32_t callbacks(const ObjectArray& heap, std::uint32_t referent) const;
  // Forgets the callback: it was called or never will be.
  void drop_callback(const Object& weakref) { nodes_[weakref.words[1]].has_callback = false; }
  // The weak reference itself dies. Not inlined: most deaths should not save registers for it.
  [[gnu::noinline]] void forget(ObjectArray& heap, std::uint32_t weakref);

 private:
  struct Node {
    std::uint32_t previous = kNone;
    std::uint32_t next = kNone;
    bool has_callback = false;
    bool raises = false;  // the callback
  };
  std::vector<Node> nodes_;
  IndexArray free_;
  std::vector<std::uint32_t> heads_;  // by referent; grows when weak references are used
};

}  // namespace gcsim::engine
