// Chance that is the same everywhere: std::'s distributions differ between standard libraries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace gcsim::generate {

// SplitMix64 (Steele, Lea, Flood 2014).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // 0 to n - 1. REQUIRES: n > 0.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>((next() >> 32) * std::uint64_t{n} >> 32);
  }
  // Both ends included.
  std::uint32_t between(std::uint32_t least, std::uint32_t most) { return least + below(most - least + 1); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  std::size_t index(std::size_t size) { return below(static_cast<std::uint32_t>(size)); }

  // Which of the alternatives; the first if none has a weight.
  std::size_t weighted(std::initializer_list<std::uint32_t> weights) {
    std::uint32_t total = 0;
    for (std::uint32_t weight : weights) total += weight;
    if (total == 0) return 0;
    std::uint32_t at = below(total);
    std::size_t choice = 0;
    for (std::uint32_t weight : weights) {
      if (at < weight) break;
      at -= weight;
      ++choice;
    }
    return choice;
  }

  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[index(choices.size())];
  }
  template <class T>
  T of(std::initializer_list<T> choices) {
    return choices.begin()[index(choices.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace gcsim::generate
