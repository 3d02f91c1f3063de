#include "model.h"

#include <utility>

namespace gcsim::generate {

Index Model::take_place() {
  if (free_places_.empty()) {
    objects_.emplace_back();
    return static_cast<Index>(objects_.size() - 1);
  }
  const Index place = free_places_.back();
  free_places_.pop_back();
  return place;
}

Index Model::add(Object object) {
  const Index added = take_place();
  std::vector<Index>& kin = kinds_[static_cast<std::size_t>(object.kind)];
  object.place = static_cast<std::uint32_t>(kin.size());
  kin.push_back(added);
  objects_[added] = std::move(object);
  for (const Reference& r : objects_[added].references) acquire(r.to, added);
  return added;
}

void Model::bind(Word name, Index object) {
  names_.push_back({name, object});
  ++objects_[object].names;
  acquire(object, kNobody);
}

void Model::rebind(std::size_t name, Index object) {
  const Index old = std::exchange(names_[name].object, object);
  ++objects_[object].names;
  acquire(object, kNobody);
  --objects_[old].names;
  release(old, kNobody);
}

void Model::unbind(std::size_t name) {
  const Index old = names_[name].object;
  names_[name] = names_.back();
  names_.pop_back();
  --objects_[old].names;
  release(old, kNobody);
}

void Model::refer(Index from, std::uint32_t key, Index to) {
  objects_[from].references.push_back({key, to});
  acquire(to, from);
}

void Model::replace(Index from, std::size_t at, Index to) {
  const Index old = std::exchange(objects_[from].references[at].to, to);
  acquire(to, from);
  release(old, from);
}

void Model::forget(Index from, std::size_t at) {
  std::vector<Reference>& references = objects_[from].references;
  const Index old = references[at].to;
  references.erase(references.begin() + static_cast<std::ptrdiff_t>(at));
  release(old, from);
}

void Model::forget_all(Index from) {
  objects_[from].unknown_items = 0;
  for (const Reference& old : std::exchange(objects_[from].references, {})) release(old.to, from);
}

void Model::pop_unknown(Index from) {
  const auto known = static_cast<std::uint32_t>(objects_[from].references.size());
  const std::uint32_t left = objects_[from].unknown_items + known - 1;
  forget_all(from);
  objects_[from].unknown_items = left;
}

void Model::know_one_more(Index home) {
  if (objects_[home].unknown_items > 0) --objects_[home].unknown_items;
}

void Model::set_dict(Index instance, Index attributes) {
  objects_[instance].dict = attributes;
  objects_[attributes].owner = instance;
  acquire(attributes, instance);
}

void Model::acquire(Index object, Index holder) {
  if (object == kNoneObject) return;
  ++objects_[object].referents;
  if (holder != kNobody && objects_[object].holder == kNobody) objects_[object].holder = holder;
}

void Model::release(Index object, Index holder) {
  if (object == kNoneObject) return;
  Object& o = objects_[object];
  if (o.holder == holder) o.holder = kNobody;
  if (--o.referents == 0) {
    doomed_.push_back(object);
  } else if (!is_surely_reached(object)) {
    must_sweep_ = true;
  }
}

// A few steps up to a name spare most sweeps. Whoever stands on the way keeps its holder only while that
// refers to it.
bool Model::is_surely_reached(Index object) const {
  for (int step = 0; step < kStepsUp && object != kNobody; ++step) {
    if (objects_[object].names > 0) return true;
    object = objects_[object].holder;
  }
  return false;
}

// Its references go; what was its dict loses its owner.
void Model::let_go(Index object) {
  forget_all(object);
  if (const Index dict = std::exchange(objects_[object].dict, kNobody); dict != kNobody) {
    objects_[dict].owner = kNobody;
    release(dict, object);
  }
  if (const Index owner = std::exchange(objects_[object].owner, kNobody); owner != kNobody) {
    objects_[owner].dict = kNobody;
  }
}

void Model::remove(Index object) {
  Object& o = objects_[object];
  std::vector<Index>& kin = kinds_[static_cast<std::size_t>(o.kind)];
  kin[o.place] = kin.back();
  objects_[kin.back()].place = o.place;
  kin.pop_back();
  lost_.push_back(std::exchange(o, Object{}));
  free_places_.push_back(object);
}

void Model::settle() {
  while (!doomed_.empty()) {
    const Index object = doomed_.back();
    doomed_.pop_back();
    let_go(object);
    remove(object);
  }
  if (must_sweep_) sweep();
}

void Model::reach(Index object, Index holder, std::vector<Index>& pending) {
  if (object == kNoneObject || object == kNobody || objects_[object].mark == epoch_) return;
  objects_[object].mark = epoch_;
  objects_[object].holder = holder;
  pending.push_back(object);
}

void Model::mark_reached() {
  ++epoch_;
  std::vector<Index> pending;
  for (const Name& name : names_) reach(name.object, kNobody, pending);
  while (!pending.empty()) {
    const Index from = pending.back();
    pending.pop_back();
    ++visits_;
    for (const Reference& r : objects_[from].references) reach(r.to, from, pending);
    reach(objects_[from].dict, from, pending);
  }
}

void Model::sweep() {
  mark_reached();
  std::vector<Index> unreached;
  for (const std::vector<Index>& kin : kinds_) {
    for (const Index object : kin) {
      if (objects_[object].mark != epoch_) unreached.push_back(object);
    }
  }
  for (const Index object : unreached) let_go(object);
  for (const Index object : unreached) remove(object);
  doomed_.clear();  // they were among these
  must_sweep_ = false;
}

std::vector<Object> Model::take_lost() {
  return std::exchange(lost_, {});
}

}  // namespace gcsim::generate
