// The gcsim side: decoded events replayed from memory, as the replay loop does it and without an observer.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "decoded.h"

namespace gcsim::bench {

struct Figures {
  double seconds = 0;  // of the events behind the warm-up
  std::uint64_t timed_events = 0;
  std::array<engine::GenerationStats, kGenerations> generations{};
  engine::Counts counts{};
  std::uint64_t tracked = 0;
  std::uint64_t alive = 0;
  std::uint64_t creations = 0;
  std::uint64_t long_lived_total = 0;
  std::uint64_t long_lived_pending = 0;
  std::uint64_t kilobytes_before = 0, kilobytes_live = 0, kilobytes_end = 0;  // live: after the warm-up
};

// The warm-up in whole batches: this many events or a few more.
std::uint64_t whole_batches(const Decoded& decoded, std::uint64_t warm_up);

Figures replay_from_memory(const Decoded& decoded, const std::string& profile, std::uint64_t warm_up);

}  // namespace gcsim::bench
