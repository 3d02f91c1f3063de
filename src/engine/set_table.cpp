#include "set_table.h"

namespace gcsim::engine {

void SetTable::discard(Entry* entry) {
  *entry = {-1, kDummy};
  --used_;
}

void SetTable::clear() {
  table_.assign(kMinimum, Entry{});
  mask_ = kMinimum - 1;
  fill_ = used_ = 0;
}

// set_insert_clean: no equal element and no dummy can be met.
void SetTable::insert_clean(const Rules& rules, std::uint32_t key, std::int64_t hash) {
  auto perturb = static_cast<std::uint64_t>(hash);
  std::uint64_t i = perturb & mask_;
  for (;;) {
    std::uint64_t probes = i + rules.linear_probes <= mask_ ? rules.linear_probes : 0;
    for (std::uint64_t j = i; j <= i + probes; ++j) {
      if (table_[j].key == kEmpty) {
        table_[j] = {hash, key};
        return;
      }
    }
    i = jump(rules, i, perturb) & mask_;
  }
}

// set_table_resize: elements move in slot order; dummies are left behind.
void SetTable::resize(const Rules& rules, std::uint64_t minimum) {
  std::uint64_t size = kMinimum;
  while (size <= minimum) size <<= 1;
  std::vector<Entry> old = std::move(table_);
  table_.assign(size, Entry{});
  mask_ = size - 1;
  fill_ = used_;
  for (const Entry& e : old) {
    if (e.key != kEmpty && e.key != kDummy) insert_clean(rules, e.key, e.hash);
  }
}

}  // namespace gcsim::engine
