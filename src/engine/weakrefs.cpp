#include "weakrefs.h"

namespace gcsim::engine {

void Weakrefs::add(ObjectArray& heap, std::uint32_t weakref, std::uint32_t referent, bool has_callback,
                   bool raises) {
  if (referent >= heads_.size()) heads_.resize(heap.size(), kNone);
  std::uint32_t node = 0;
  if (free_.empty()) {
    node = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  } else {
    node = free_.back();
    free_.pop_back();
  }
  heap[weakref].words[0] = referent;
  heap[weakref].words[1] = node;
  // With a callback: behind the one without, if there is one, else in front.
  std::uint32_t head = heads_[referent];
  bool behind_head = has_callback && head != kNone && !this->has_callback(heap[head]);
  std::uint32_t previous = behind_head ? head : kNone;
  std::uint32_t following = behind_head ? next(heap[head]) : head;
  nodes_[node] = {previous, following, has_callback, raises};
  if (following != kNone) nodes_[heap[following].words[1]].previous = weakref;
  if (previous != kNone) {
    nodes_[heap[previous].words[1]].next = weakref;
  } else {
    heads_[referent] = weakref;
  }
  heap[referent].set(Object::kHasWeakrefs);
}

void Weakrefs::clear(ObjectArray& heap, std::uint32_t weakref) {
  std::uint32_t referent = heap[weakref].words[0];
  if (referent == kNone) return;
  Node& node = nodes_[heap[weakref].words[1]];
  if (node.previous != kNone) {
    nodes_[heap[node.previous].words[1]].next = node.next;
  } else {
    heads_[referent] = node.next;
    if (node.next == kNone) heap[referent].reset(Object::kHasWeakrefs);
  }
  if (node.next != kNone) nodes_[heap[node.next].words[1]].previous = node.previous;
  node.previous = node.next = kNone;
  heap[weakref].words[0] = kNone;
}

void Weakrefs::forget(ObjectArray& heap, std::uint32_t weakref) {
  clear(heap, weakref);
  free_.push_back(heap[weakref].words[1]);
}

void Weakrefs::clear_all(ObjectArray& heap, std::uint32_t referent) {
  for (std::uint32_t w = first(referent); w != kNone;) {
    Node& node = nodes_[heap[w].words[1]];
    heap[w].words[0] = kNone;
    w = node.next;
    node.previous = node.next = kNone;
    node.has_callback = false;
  }
  heads_[referent] = kNone;
  heap[referent].reset(Object::kHasWeakrefs);
}

std::uint32_t Weakrefs::callbacks(const ObjectArray& heap, std::uint32_t referent) const {
  std::uint32_t n = 0;
  for (std::uint32_t w = first(referent); w != kNone; w = next(heap[w])) n += has_callback(heap[w]) ? 1 : 0;
  return n;
}

}  // namespace gcsim::engine
