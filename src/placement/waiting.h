// Garbage whose moment has not come yet.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gcsim/types.h"

namespace gcsim {

// An object, told from others whose ID is the same word.
struct Dated {
  SymbolId id = kNoSymbol;
  std::uint32_t birth = 0;  // the number of its alloc, modulo 2^32
};

struct WaitingGarbage {
  Dated object;
  std::uint64_t moment = 0;  // behind that alloc
  std::uint64_t order = 0;   // of those with the same moment
  std::uint64_t line = 0;    // of the trace
  std::vector<Dated> to;
};

// A queue by moment, then by order. Memory of what left it is used again.
class Waiting {
 public:
  // The references are the caller's to fill in.
  WaitingGarbage& add(Dated object, std::uint64_t moment, std::uint64_t line);
  // After `add` has been filled in.
  void settle();
  bool has_due(std::uint64_t allocs) const { return !heap_.empty() && heap_.front().moment <= allocs; }
  // Moves all whose moment has come to `due`, in order. What was there is used again.
  void take_due(std::uint64_t allocs, std::vector<WaitingGarbage>& due);

 private:
  std::vector<WaitingGarbage> heap_;
  std::vector<std::vector<Dated>> spare_;
  std::uint64_t order_ = 0;
};

}  // namespace gcsim
