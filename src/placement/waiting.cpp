#include "waiting.h"

#include <algorithm>
#include <utility>

namespace gcsim {

namespace {

bool comes_later(const WaitingGarbage& a, const WaitingGarbage& b) {
  return a.moment != b.moment ? a.moment > b.moment : a.order > b.order;
}

}  // namespace

WaitingGarbage& Waiting::add(Dated object, std::uint64_t moment, std::uint64_t line) {
  WaitingGarbage& added = heap_.emplace_back();
  added.object = object;
  added.moment = moment;
  added.order = order_++;
  added.line = line;
  if (!spare_.empty()) {
    added.to = std::move(spare_.back());
    spare_.pop_back();
  }
  return added;
}

void Waiting::settle() {
  std::push_heap(heap_.begin(), heap_.end(), comes_later);
}

void Waiting::take_due(std::uint64_t allocs, std::vector<WaitingGarbage>& due) {
  for (WaitingGarbage& done : due) {
    done.to.clear();
    if (done.to.capacity() > 0) spare_.push_back(std::move(done.to));
  }
  due.clear();
  while (has_due(allocs)) {
    std::pop_heap(heap_.begin(), heap_.end(), comes_later);
    due.push_back(std::move(heap_.back()));
    heap_.pop_back();
  }
}

}  // namespace gcsim
