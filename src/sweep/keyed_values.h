// What lies under the keys of dicts and the attributes of instances, as far as it decides which dicts are
// tracked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::sweep {

// How a dict that holds the value is tracked: not for its sake; until a collection untracks it, a tuple; or
// as long as it is there.
enum class Holding : std::uint8_t { leaf, fleeting, solid };

class KeyedValues {
 public:
  struct Counts {
    std::uint32_t fleeting = 0;
    std::uint32_t solid = 0;
  };

  Counts counts(std::uint32_t container) const {
    return container < of_.size() ? of_[container].counts : Counts{};
  }

  // In the place of what was there.
  void put(std::uint32_t container, KeyId key, Holding value) {
    remove(container, key);
    if (value == Holding::leaf) return;
    Values& values = of(container);
    values.entries.insert(position(values, key), {key, value});
    ++count_of(values, value);
  }
  void remove(std::uint32_t container, KeyId key) {
    if (container >= of_.size()) return;
    Values& values = of_[container];
    const auto found = position(values, key);
    if (found == values.entries.end() || found->key != key) return;
    --count_of(values, found->value);
    values.entries.erase(found);
  }
  void move(std::uint32_t from, std::uint32_t to) {
    of(std::max(from, to));
    std::swap(of_[from], of_[to]);
    forget(from);
  }
  // Keeps the room: another object will have this slot.
  void forget(std::uint32_t container) {
    if (container >= of_.size() || of_[container].entries.empty()) return;
    of_[container].entries.clear();
    of_[container].counts = {};
  }

 private:
  struct Entry {
    KeyId key;
    Holding value;
  };
  struct Values {
    std::vector<Entry> entries;  // by key: most often new keys are the largest
    Counts counts;
  };

  static std::vector<Entry>::iterator position(Values& values, KeyId key) {
    return std::lower_bound(values.entries.begin(), values.entries.end(), key,
                            [](const Entry& e, KeyId k) { return raw(e.key) < raw(k); });
  }
  static std::uint32_t& count_of(Values& values, Holding value) {
    return value == Holding::solid ? values.counts.solid : values.counts.fleeting;
  }
  Values& of(std::uint32_t container) {
    if (container >= of_.size()) of_.resize(container + 1 + of_.size() / 2);
    return of_[container];
  }

  std::vector<Values> of_;
};

}  // namespace gcsim::sweep
