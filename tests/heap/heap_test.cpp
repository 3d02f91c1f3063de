// The private heap against real CPython: the same sequences of allocations (sequences.h), which
// live/harness.c ran through each interpreter's PyObject_Malloc. recordings/ holds what came out; no
// interpreter is needed here.
#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/private_heap.h"
#include "gcsim/profile/profile.h"
#include "sequences.h"

namespace {

using gcsim::engine::PrivateHeap;
using gcsim::profile::HeapRules;
using Address = PrivateHeap::Address;

// One line of a recording, behind the sequence's name.
std::string run(std::uint32_t which, const HeapRules& rules) {
  struct Block {
    Address at;
    std::uint32_t bytes;
  };
  heap_sequence sequence = heap_make(which);
  std::vector<Block> blocks(sequence.blocks);
  std::vector<std::uint32_t> ordinals;  // by arena's number: how many were allocated before it
  PrivateHeap heap(rules);
  std::uint64_t digest = 0xcbf29ce484222325;
  auto digest_word = [&digest](std::uint32_t word) {
    for (int k = 0; k < 4; ++k, word >>= 8) digest = (digest ^ (word & 0xff)) * 0x100000001b3;
  };
  for (const heap_step& step : std::span(sequence.steps, sequence.count)) {
    Block& block = blocks[step.block];
    std::uint64_t allocated = heap.stats().arenas_allocated;
    switch (step.kind) {
      case HEAP_ALLOCATE: block = {heap.allocate(step.bytes), step.bytes}; break;
      case HEAP_RESIZE: block = {heap.resize(block.at, block.bytes, step.bytes), step.bytes}; break;
      case HEAP_FREE: heap.free(block.at, block.bytes); continue;
    }
    bool is_small = heap.is_small(block.at);
    std::uint32_t arena = is_small ? heap.arena_of(block.at) : 0;
    if (ordinals.size() <= arena) ordinals.resize(arena + 1);
    if (heap.stats().arenas_allocated > allocated) ordinals[arena] = static_cast<std::uint32_t>(allocated);
    digest_word(is_small ? ordinals[arena] : 0xffffffff);
    digest_word(is_small ? heap.offset_in_arena(block.at) : 0);
  }
  heap_forget(&sequence);
  CHECK(heap.violations() == std::vector<std::string>{});
  const gcsim::engine::HeapStats& s = heap.stats();
  char line[160];
  std::snprintf(line, sizeof line, "%llu %llu %llu %llu %llu %016llx",
                static_cast<unsigned long long>(s.arenas_allocated),
                static_cast<unsigned long long>(s.arenas_released),
                static_cast<unsigned long long>(s.peak_arenas), static_cast<unsigned long long>(s.pools),
                static_cast<unsigned long long>(s.peak_pools), static_cast<unsigned long long>(digest));
  return line;
}

// {(sequence, arena offset): the rest of its line}
std::map<std::pair<std::string, std::uint32_t>, std::string> read_recording(std::string_view profile) {
  std::string path = GCSIM_SOURCE_DIR "/tests/heap/recordings/" + std::string(profile) + ".txt";
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, path);
  std::map<std::pair<std::string, std::uint32_t>, std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream in(line);
    std::string name, rest;
    std::uint32_t offset = 0;
    in >> name >> offset >> std::ws;
    std::getline(in, rest);
    lines[{name, offset}] = rest;
  }
  return lines;
}

void check(std::string_view name) {
  const gcsim::profile::Profile& profile = *gcsim::profile::find(name);
  auto recorded = read_recording(name);
  std::vector<std::uint32_t> offsets = {0};
  if (profile.heap.pool > 4096) offsets.push_back(4096);
  CHECK(recorded.size() == HEAP_SEQUENCES * offsets.size());
  for (std::uint32_t offset : offsets) {
    HeapRules rules = profile.heap;
    rules.arena_offset = offset;
    for (std::uint32_t which = 0; which < HEAP_SEQUENCES; ++which) {
      CAPTURE(heap_names[which]);
      CAPTURE(offset);
      CHECK(run(which, rules) == recorded[{heap_names[which], offset}]);
    }
  }
}

}  // namespace

TEST_SUITE("heap") {
  TEST_CASE("2.7 puts each block where the real one does") {
    check("cpython-2.7");
  }
  TEST_CASE("3.6 puts each block where the real one does") {
    check("cpython-3.6");
  }
  TEST_CASE("3.7 puts each block where the real one does") {
    check("cpython-3.7");
  }
  TEST_CASE("3.8 puts each block where the real one does") {
    check("cpython-3.8");
  }
  TEST_CASE("3.9 puts each block where the real one does") {
    check("cpython-3.9");
  }
  TEST_CASE("3.10 puts each block where the real one does") {
    check("cpython-3.10");
  }
  TEST_CASE("3.11 puts each block where the real one does") {
    check("cpython-3.11");
  }
  TEST_CASE("3.12 puts each block where the real one does") {
    check("cpython-3.12");
  }
  TEST_CASE("3.13 puts each block where the real one does") {
    check("cpython-3.13");
  }
}
