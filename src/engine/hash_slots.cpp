#include "hash_slots.h"

namespace gcsim::engine::hash_slots {
namespace {

constexpr std::uint32_t kMinimum = 8;          // PyDict_MINSIZE
constexpr std::uint32_t kEmpty = kHole;        // as key: never used
constexpr std::uint32_t kDummy = 0xfffffffeu;  // as key: its entry was deleted
constexpr std::uint32_t kExtraWords = 4;       // the two pairs behind the slots
constexpr int kPerturbShift = 5;

std::uint32_t slots_of(const Object& dict) {
  return (dict.block->count - kExtraWords) / 2;
}
// Slots that are not empty (ma_fill).
std::uint32_t& fill_of(Object& dict) {
  return dict.block->words()[dict.block->count - kExtraWords];
}
// Where popitem looks next; CPython keeps it in the first slot's hash.
std::uint32_t& finger_of(Object& dict) {
  return dict.block->words()[dict.block->count - kExtraWords / 2];
}

// Calls stop(key word) for the slots on the key's way until it answers true; returns that slot
// (lookdict_string).
template <class Stop>
std::uint32_t walk(const Object& dict, std::int64_t hash, Stop stop) {
  const std::uint32_t* w = dict.block->words();
  std::uint64_t mask = slots_of(dict) - 1;
  auto perturb = static_cast<std::uint64_t>(hash);
  for (std::uint64_t i = perturb;; perturb >>= kPerturbShift) {
    auto slot = static_cast<std::uint32_t>(i & mask);
    if (stop(w[2 * slot], slot)) return slot;
    i = i * 5 + perturb + 1;
  }
}

void make_table(Heap& heap, Object& dict, std::uint32_t slots) {
  EdgeBlock* block = heap.pool.allocate(2 * slots + kExtraWords);
  block->count = 2 * slots + kExtraWords;
  for (std::uint32_t k = 0; k < block->count; ++k) block->words()[k] = kHole;
  dict.block = block;
  dict.set_edge_mode(EdgeMode::block);
  fill_of(dict) = 0;
  finger_of(dict) = 0;
}

void put(Object& dict, std::uint32_t slot, std::uint32_t key, std::uint32_t value) {
  std::uint32_t* w = dict.block->words();
  if (w[2 * slot] == kEmpty) ++fill_of(dict);
  w[2 * slot] = key;
  w[2 * slot + 1] = value;
  ++dict.block->live;
}

// dictresize: entries move in slot order.
void resize(Heap& heap, Object& dict, std::uint32_t minimum) {
  std::uint32_t slots = kMinimum;
  while (slots <= minimum) slots *= 2;
  EdgeBlock* old = dict.block;
  make_table(heap, dict, slots);
  const std::uint32_t* w = old->words();
  for (std::uint32_t at = 0; at < old->count - kExtraWords; at += 2) {
    if (w[at + 1] == kHole) continue;
    auto is_empty = [](std::uint32_t key, std::uint32_t) { return key == kEmpty; };
    put(dict, walk(dict, heap.key_hashes[w[at]], is_empty), w[at], w[at + 1]);
  }
  heap.pool.release(old);
}

}  // namespace

std::uint32_t find(const Heap& heap, const Object& dict, KeyId key) {
  if (dict.edge_mode() != EdgeMode::block) return kHole;
  std::uint32_t slot = walk(dict, heap.key_hashes[raw(key)], [key](std::uint32_t word, std::uint32_t) {
    return word == raw(key) || word == kEmpty;
  });
  return dict.block->words()[2 * slot] == raw(key) ? 2 * slot + 1 : kHole;
}

void insert(Heap& heap, std::uint32_t d, KeyId key, std::uint32_t value) {
  Object& dict = heap[d];
  if (dict.edge_mode() != EdgeMode::block) make_table(heap, dict, kMinimum);
  std::uint32_t dummy = kHole;
  std::uint32_t slot = walk(dict, heap.key_hashes[raw(key)], [&dummy](std::uint32_t word, std::uint32_t at) {
    if (word == kDummy && dummy == kHole) dummy = at;
    return word == kEmpty;
  });
  put(dict, dummy != kHole ? dummy : slot, raw(key), value);
  if (fill_of(dict) * 3 < slots_of(dict) * 2) return;
  std::uint32_t used = dict.block->live;
  resize(heap, dict, used > 50'000 ? used * 2 : used * 4);
}

void remove(const Heap& heap, Object& dict, std::uint32_t value_position) {
  std::uint32_t* w = dict.block->words();
  if (value_position == 1) {
    // The first slot keeps the deleted key's hash, which popitem takes for its finger.
    auto hash = heap.key_hashes[w[0]];
    finger_of(dict) = hash >= 1 && hash < slots_of(dict) ? static_cast<std::uint32_t>(hash) : 0;
  }
  w[value_position - 1] = kDummy;
  w[value_position] = kHole;
  --dict.block->live;
}

std::uint32_t next_to_pop(Object& dict) {
  const std::uint32_t* w = dict.block->words();
  std::uint32_t slots = slots_of(dict);
  std::uint32_t i = 0;
  if (w[1] == kHole) {
    i = finger_of(dict);
    if (i >= slots || i < 1) i = 1;
    while (w[2 * i + 1] == kHole) i = i + 1 < slots ? i + 1 : 1;
  }
  finger_of(dict) = i + 1;
  return 2 * i;
}

}  // namespace gcsim::engine::hash_slots
