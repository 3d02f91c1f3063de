#include "dict.h"

#include <algorithm>
#include <utility>

#include "hash_slots.h"

namespace gcsim::engine {
namespace {

constexpr std::uint32_t kIndexedFrom = 16;  // entries; smaller dicts are searched front to back

bool is_split(const Object& dict) {
  return dict.has(Object::kMaterialised);
}
bool is_hashed(const Heap& heap) {
  return heap.profile.dict_order == profile::DictOrder::hash_slots;
}
bool is_indexed(const Object& dict) {
  return dict.edge_mode() == EdgeMode::block && !is_split(dict) && dict.block->extra != kHole;
}

void build_index(Heap& heap, Object& dict) {
  if (dict.block->extra == kHole) {
    if (heap.free_indexes.empty()) {
      dict.block->extra = static_cast<std::uint32_t>(heap.indexes.size());
      heap.indexes.emplace_back();
    } else {
      dict.block->extra = heap.free_indexes.back();
      heap.free_indexes.pop_back();
    }
  }
  KeyIndex& index = heap.indexes[dict.block->extra];
  const std::uint32_t* w = dict.block->words();
  index.reset(dict.block->live);
  for (std::uint32_t at = 0; at < dict.block->count; at += 2) {
    if (w[at + 1] != kHole) index.insert(w[at], at + 1);
  }
}

// Squeezes the holes out; entry positions change.
void squeeze(Heap& heap, Object& dict) {
  std::uint32_t* w = dict.block->words();
  std::uint32_t n = 0;
  for (std::uint32_t at = 0; at < dict.block->count; at += 2) {
    if (w[at + 1] == kHole) continue;
    w[n] = w[at];
    w[n + 1] = w[at + 1];
    n += 2;
  }
  dict.block->count = n;
  if (is_indexed(dict)) build_index(heap, dict);
}

void append_item(Heap& heap, Object& dict, KeyId key, std::uint32_t value) {
  if (dict.edge_mode() == EdgeMode::block) {
    bool is_full = dict.block->count + 2 > dict.block->capacity;
    if (is_full && dict.block->live * 4 < dict.block->count) squeeze(heap, dict);
  }
  std::uint32_t at = words_of(dict).count;
  if (dict.edge_mode() != EdgeMode::block && at + 2 > 2) force_block(heap.pool, dict)->live = at / 2;
  insert_pair(heap.pool, dict, at, raw(key), value);
  if (dict.edge_mode() != EdgeMode::block) return;
  ++dict.block->live;
  if (is_indexed(dict)) {
    heap.indexes[dict.block->extra].insert(raw(key), at + 1);
  } else if (dict.block->live > kIndexedFrom) {
    build_index(heap, dict);
  }
}

}  // namespace

std::uint32_t find_attribute(const Object& o, std::uint32_t number) {
  Words w = words_of(o);
  for (std::uint32_t at = 0; at < w.count; at += 2) {
    if (key_number_of(w.data[at]) == number) return at + 1;
  }
  return kHole;
}

namespace {

// Makes the insertion orders 0, 1, 2, ..: values that are stored and deleted in turn use them up.
void renumber_insertion_order(Object& o) {
  Words w = words_of(o);
  std::vector<std::uint32_t> at;
  for (std::uint32_t k = 0; k < w.count; k += 2) at.push_back(k);
  auto earlier = [&w](std::uint32_t a, std::uint32_t b) {
    return insertion_order_of(w.data[a]) < insertion_order_of(w.data[b]);
  };
  std::sort(at.begin(), at.end(), earlier);
  std::uint32_t* words = mutable_words_of(o);
  for (std::uint32_t k = 0; k < at.size(); ++k) words[at[k]] = split_key(key_number_of(words[at[k]]), k);
}

std::uint32_t next_insertion_order(const Object& o) {
  Words w = words_of(o);
  std::uint32_t order = 0;
  for (std::uint32_t k = 0; k < w.count; k += 2) order = std::max(order, insertion_order_of(w.data[k]) + 1);
  return order;
}

}  // namespace

void insert_attribute(Heap& heap, Object& o, std::uint32_t number, std::uint32_t value) {
  std::uint32_t order = next_insertion_order(o);
  if (order > kLastInsertionOrder) {
    renumber_insertion_order(o);
    order = next_insertion_order(o);
  }
  const Words w = words_of(o);
  std::uint32_t at = w.count;
  while (at > 0 && key_number_of(w.data[at - 2]) >= number) at -= 2;
  if (at == w.count) {
    push_word(heap.pool, o, split_key(number, order));
    push_word(heap.pool, o, value);
    return;
  }
  insert_pair(heap.pool, o, at, split_key(number, order), value);
}

void remove_attribute(Object& o, std::uint32_t value_position) {
  remove_words(o, value_position - 1, 2);
}

std::uint32_t find_item(const Heap& heap, const Object& dict, KeyId key) {
  if (is_hashed(heap)) return hash_slots::find(heap, dict, key);
  if (is_split(dict)) {
    std::uint32_t number = key_number(heap.types[dict.block->extra], key);
    return number == kHole ? kHole : find_attribute(dict, number);
  }
  if (is_indexed(dict)) {
    std::uint32_t at = kHole;
    return heap.indexes[dict.block->extra].find(raw(key), at) ? at : kHole;
  }
  Words w = words_of(dict);
  for (std::uint32_t at = 0; at < w.count; at += 2) {
    if (w.data[at] == raw(key) && w.data[at + 1] != kHole) return at + 1;
  }
  return kHole;
}

void insert_item(Heap& heap, std::uint32_t d, KeyId key, std::uint32_t value) {
  if (is_hashed(heap)) {
    hash_slots::insert(heap, d, key, value);
    return;
  }
  Object& dict = heap[d];
  if (is_split(dict)) {
    std::uint32_t number = claim_key_number(heap.types[dict.block->extra], key);
    if (number != kHole) {
      insert_attribute(heap, dict, number, value);
      return;
    }
    make_combined(heap, d);
  }
  append_item(heap, dict, key, value);
}

void remove_item(Heap& heap, std::uint32_t d, KeyId key, std::uint32_t value_position) {
  Object& dict = heap[d];
  if (is_hashed(heap)) {
    hash_slots::remove(heap, dict, value_position);
    return;
  }
  if (is_split(dict) || dict.edge_mode() != EdgeMode::block) {
    remove_attribute(dict, value_position);
    return;
  }
  if (is_indexed(dict)) heap.indexes[dict.block->extra].erase(raw(key));
  std::uint32_t* w = dict.block->words();
  w[value_position] = kHole;
  --dict.block->live;
  while (dict.block->count > 0 && w[dict.block->count - 1] == kHole) dict.block->count -= 2;
}

std::uint32_t item_count(const Object& dict) {
  if (dict.edge_mode() == EdgeMode::block && !is_split(dict)) return dict.block->live;
  return words_of(dict).count / 2;
}

void make_combined(Heap& heap, std::uint32_t d) {
  Object& dict = heap[d];
  if (!is_split(dict)) return;
  const TypeState& owner = heap.types[dict.block->extra];
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  Words w = words_of(dict);
  for (std::uint32_t at = 0; at < w.count; at += 2) pairs.emplace_back(w.data[at], w.data[at + 1]);
  std::sort(pairs.begin(), pairs.end(),
            [](auto& a, auto& b) { return insertion_order_of(a.first) < insertion_order_of(b.first); });
  drop_words(heap.pool, dict);
  dict.reset(Object::kMaterialised);
  dict.reset(Object::kEmbedded);
  for (auto [word, value] : pairs) append_item(heap, dict, owner.keys[key_number_of(word)], value);
}

void drop_index(Heap& heap, Object& dict) {
  if (!is_indexed(dict)) return;
  heap.free_indexes.push_back(dict.block->extra);
  dict.block->extra = kHole;
}

std::uint32_t item_to_pop(Heap& heap, std::uint32_t dict) {
  if (is_hashed(heap)) return hash_slots::next_to_pop(heap[dict]);
  return words_of(heap[dict]).count - 2;
}

}  // namespace gcsim::engine
