// What lies under the keys of dicts and the attributes of instances, as far as it decides which dicts are
// tracked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "gcsim/large_pages.h"
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
    const std::uint32_t place = place_of(container);
    return place == kNowhere ? Counts{} : values_[place].counts;
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
    const std::uint32_t place = place_of(container);
    if (place == kNowhere) return;
    Values& values = values_[place];
    const auto found = position(values, key);
    if (found == values.entries.end() || found->key != key) return;
    --count_of(values, found->value);
    values.entries.erase(found);
  }
  void move(std::uint32_t from, std::uint32_t to) {
    if (place_of(from) == kNowhere) return;
    forget(to);
    make_room(to);
    places_[to] = std::exchange(places_[from], kNowhere);
  }
  void forget(std::uint32_t container) {
    const std::uint32_t place = place_of(container);
    if (place == kNowhere) return;
    values_[place].entries.clear();
    values_[place].counts = {};
    free_.push_back(place);
    places_[container] = kNowhere;
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
  std::uint32_t place_of(std::uint32_t container) const {
    return container < places_.size() ? places_[container] : kNowhere;
  }
  void make_room(std::uint32_t container) {
    if (container >= places_.size()) places_.resize(container + 1 + container / 2, kNowhere);
  }
  Values& of(std::uint32_t container) {
    make_room(container);
    std::uint32_t& place = places_[container];
    if (place != kNowhere) return values_[place];
    if (free_.empty()) {
      place = static_cast<std::uint32_t>(values_.size());
      values_.emplace_back();
    } else {
      place = free_.back();
      free_.pop_back();
    }
    return values_[place];
  }

  static constexpr std::uint32_t kNowhere = 0xffffffffu;

  std::vector<std::uint32_t, LargePages<std::uint32_t>> places_;  // by container: in values_
  std::vector<Values> values_;
  std::vector<std::uint32_t> free_;  // places in values_ that nobody has; they keep their memory
};

}  // namespace gcsim::sweep
