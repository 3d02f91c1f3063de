#include "blocks.h"

#include <algorithm>

namespace gcsim::engine {

Blocks::Blocks(const profile::Profile& profile, const FreeLists& free_lists, bool are_kept)
    : are_kept_(are_kept), heap_(profile.heap), header_(profile.heap.collector_header) {
  if (!are_kept_) return;
  for (const FreeLists::OfType& type : free_lists.types()) {
    auto& lists = kept_.emplace_back(type.by_length.size());
    for (std::uint32_t n = 0; n < lists.size(); ++n) {
      std::uint32_t bytes = type.rules->size + n * type.rules->item_size;
      for (std::uint32_t k = 0; k < type.by_length[n].held; ++k) lists[n].push_back(take(bytes));
    }
  }
  for (std::string_view name : profile.free_lists_emptied) {
    for (std::uint32_t list = 0; list < kept_.size(); ++list) {
      if (free_lists.types()[list].rules->name == name) emptied_.push_back(list);
    }
  }
  put(kNoneIndex, take_interned(16));
}

Blocks::Block Blocks::take_kept(std::uint32_t free_list, std::uint32_t length) {
  if (!are_kept_) return {};
  std::vector<Block>& list = kept_[free_list][length];
  Block block = list.back();
  list.pop_back();
  return block;
}

Blocks::Block Blocks::take_interned(std::uint32_t bytes) {
  if (!are_kept_) return {};
  Block block = {next_interned_, bytes, false};
  next_interned_ += (std::uint64_t{bytes} + 15) / 16 * 16;
  return block;
}

void Blocks::resize(std::uint32_t object, std::uint32_t bytes) {
  if (!are_kept_) return;
  Block& block = block_[object];
  if (block.is_heap) block.at = heap_.resize(block.at, block.bytes, bytes);
  block.bytes = bytes;
}

// Type by type; of tuples the shortest first; of each list the latest first.
void Blocks::empty_free_lists() {
  for (std::uint32_t free_list : emptied_) {
    for (std::vector<Block>& list : kept_[free_list]) {
      for (; !list.empty(); list.pop_back()) give_back(list.back());
    }
  }
}

std::vector<std::string> Blocks::violations(const ObjectArray& objects, const FreeLists& free_lists) const {
  if (!are_kept_) return {};
  std::vector<std::string> found = heap_.violations();
  std::vector<PrivateHeap::Address> places;
  for (std::uint32_t i = 0; i < objects.size(); ++i) {
    if (objects[i].has(Object::kAlive) && block_[i].is_heap) places.push_back(block_[i].at);
  }
  for (std::uint32_t t = 0; t < kept_.size(); ++t) {
    for (std::uint32_t n = 0; n < kept_[t].size(); ++n) {
      if (kept_[t][n].size() != free_lists.types()[t].by_length[n].held)
        found.emplace_back("I8: a free list holds more or fewer blocks than it counts");
      for (const Block& block : kept_[t][n]) places.push_back(block.at);
    }
  }
  for (const Block& block : spare_) {
    if (block.is_heap) places.push_back(block.at);
  }
  std::sort(places.begin(), places.end());
  if (std::adjacent_find(places.begin(), places.end()) != places.end())
    found.emplace_back("I8: two objects have the same block");
  if (places.size() != stats().blocks + stats().system_blocks)
    found.emplace_back("I8: blocks in use are not those of live objects and of free lists");
  return found;
}

}  // namespace gcsim::engine
