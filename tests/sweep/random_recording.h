// Random recordings: traces that say themselves what is tracked, with tuples and dicts that a collection may
// drop from its lists, at difficult moments. Objects that are used have a name, or are held by one that has.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/random_events.h"

namespace gcsim::test {

class RandomRecording {
 public:
  // `has_checks`: of a version whose collections wait for them.
  RandomRecording(unsigned seed, std::size_t events, bool has_checks)
      : dice_(seed), events_(events), has_checks_(has_checks) {
    text_ = "tracking explicit\nfree_lists list=2 tuple[2]=1\nlong_lived_total 12\n";
    keep_ = make("list");
  }

  std::string text() {
    while (lines_ < events_) {
      switch (dice_.below(30)) {
        case 0: nest(); break;
        case 1: old_single_between_cycles(); break;
        case 2: fill(dice_.below(9)); break;
        case 3: shared_tuple(); break;
        default: step();
      }
      if (has_checks_ && maybe(6)) line("check");
    }
    return text_;
  }

 private:
  struct Thing {
    std::string name;
    char kind;  // l list, t tuple, d dict, o opaque and tracked, x opaque and not, f without header
    bool is_tracked = false;
    std::vector<std::string> holds;  // what was added
  };

  void line(const std::string& text) {
    text_ += text + "\n";
    ++lines_;
  }
  bool maybe(std::uint32_t n) { return dice_.one_in(n); }
  std::string make(const std::string& type, const std::string& options = "") {
    std::string name = "o" + std::to_string(++made_);
    line("alloc " + name + " " + type + options);
    if (type != "tuple" && type != "dict" && type != "float" && type != "Untracked") line("track " + name);
    return name;
  }
  Thing& any() { return things_[dice_.below(static_cast<std::uint32_t>(things_.size()))]; }
  void link(const std::string& from, const std::string& to) { line("ref " + from + "[] " + to); }
  void drop(std::size_t at) {
    line("del " + things_[at].name);
    things_.erase(things_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void drop_all(std::vector<std::string> names) {
    while (!names.empty()) {
      const auto at = dice_.below(static_cast<std::uint32_t>(names.size()));
      line("del " + names[at]);
      names.erase(names.begin() + at);
      if (maybe(3)) fill(dice_.below(5));
    }
  }
  // Objects that stay.
  void fill(std::uint32_t n) {
    for (; n > 0; --n) {
      const std::string name = make("list");
      link(keep_, name);
      line("del " + name);
    }
  }

  std::string tuple_of(const std::vector<std::string>& elements, bool waits) {
    const std::string name = make("tuple", " size=" + std::to_string(40 + 8 * elements.size()));
    if (maybe(8)) fill(1);
    const bool is_tracked_first = maybe(2);
    if (is_tracked_first) line("track " + name);
    for (const std::string& element : elements) {
      if (waits && maybe(3)) fill(1);
      link(name, element);
    }
    if (!is_tracked_first) line("track " + name);
    return name;
  }
  // Tuples in tuples; the innermost one holds nothing, or something.
  void nest() {
    std::string inner = maybe(3) ? tuple_of({any_name()}, false) : tuple_of({}, false);
    for (std::uint32_t depth = 1 + dice_.below(3); depth > 0; --depth) {
      if (maybe(3)) fill(dice_.below(3));
      const std::string outer = tuple_of({inner}, maybe(4));
      if (maybe(4)) fill(dice_.below(3));
      if (maybe(6)) {
        things_.push_back({inner, 't', true, {}});
      } else {
        line("del " + inner);
      }
      inner = outer;
    }
    if (maybe(3)) {
      const std::string d = make("dict");
      line("track " + d);
      link(d, inner);
      line("del " + inner);
      inner = d;
    }
    things_.push_back({inner, 't', true, {}});
  }
  // Held by two at once.
  void shared_tuple() {
    const std::string inner = tuple_of({}, false);
    const std::string a = tuple_of({inner}, false);
    const std::string b = maybe(2) ? tuple_of({inner}, false) : make("list");
    if (maybe(2)) link(b, inner);
    line("del " + inner);
    things_.push_back({a, 't', true, {}});
    things_.push_back({b, 'l', true, {}});
  }
  void old_single_between_cycles() {
    const std::string y = maybe(2) ? make("list") : tuple_of({}, false);
    fill(dice_.below(8));
    const std::string w = make("list");
    const std::string z = make("list");
    link(w, w);
    link(w, y);
    link(y, z);
    if (maybe(2)) link(z, z);
    if (maybe(3)) link(z, y);
    drop_all({y, w, z});
  }

  std::string any_name() { return things_.empty() ? keep_ : any().name; }

  void step() {
    if (things_.size() < 3 || dice_.below(10) < 3) return create();
    if (things_.size() > 25 || dice_.below(10) < 4)
      return drop(dice_.below(static_cast<std::uint32_t>(things_.size())));
    switch (dice_.below(14)) {
      case 0: take_out(); break;
      case 1: line("del " + make("float")); break;
      case 2: change_tracking(); break;
      case 3:
        if (maybe(6)) line("gc collect " + std::to_string(dice_.below(3)));
        break;
      case 4: line("resize " + any().name + " " + std::to_string(64 + 8 * dice_.below(9))); break;
      case 5: line("memory " + std::to_string(static_cast<int>(dice_.below(64)) - 24)); break;
      case 6: line("own " + any().name + " " + std::to_string(8 + dice_.below(40))); break;
      default: connect();
    }
  }
  void create() {
    switch (dice_.below(12)) {
      case 0: things_.push_back({make("dict"), 'd', false, {}}); break;
      case 1:
        things_.push_back({make("dict"), 'd', true, {}});
        line("track " + things_.back().name);
        break;
      case 2: things_.push_back({tuple_of({}, false), 't', true, {}}); break;
      case 3: things_.push_back({tuple_of({any_name()}, true), 't', true, {}}); break;
      case 4: things_.push_back({tuple_of({any_name(), any_name()}, false), 't', true, {}}); break;
      case 5: things_.push_back({make("Untracked"), 'x', false, {}}); break;
      case 6: things_.push_back({make("Opaque"), 'o', true, {}}); break;
      case 7: things_.push_back({make("list", " error=yes"), 'l', true, {}}); break;
      case 8: outside(); break;
      default: things_.push_back({make("list"), 'l', true, {}});
    }
    if (maybe(4)) link(things_.back().name, things_.back().name);
  }
  // Holds something older than the trace, for ever or for a while.
  void outside() {
    const std::string name = make(maybe(2) ? "tuple" : "dict", " outside=yes");
    line("track " + name);
    if (maybe(2)) fill(dice_.below(6));
    if (maybe(2)) line("atomic " + name);
    things_.push_back({name, 't', true, {}});
  }
  void change_tracking() {
    Thing& t = any();
    if (t.kind == 'f' || t.kind == 'x') return;
    if (t.kind == 'd' && !t.is_tracked) {
      line("track " + t.name);
      t.is_tracked = true;
    } else if (maybe(4)) {
      line("untrack " + t.name);
      if (maybe(2)) fill(dice_.below(4));
      if (maybe(2)) line("track " + t.name);
    }
  }
  void connect() {
    Thing& from = any();
    const Thing to = any();
    // Tuples rarely change when they are made.
    if (from.kind == 't' && !maybe(5)) return;
    link(from.name, to.name);
    from.holds.push_back(to.name);
    if (from.kind == 'd' && maybe(3)) {
      line("unref " + from.name + "[] " + to.name);
      from.holds.pop_back();
    }
  }
  // Of what was added something that has its name still.
  void take_out() {
    for (int tries = 0; tries < 5; ++tries) {
      Thing& from = any();
      for (std::size_t k = 0; k < from.holds.size(); ++k) {
        const std::string name = from.holds[k];
        const auto has_name = [&](const Thing& t) { return t.name == name; };
        if (std::none_of(things_.begin(), things_.end(), has_name)) continue;
        line("unref " + from.name + "[] " + name);
        from.holds.erase(from.holds.begin() + static_cast<std::ptrdiff_t>(k));
        return;
      }
    }
  }

  SeededChoices dice_;
  std::size_t events_;
  bool has_checks_;
  std::string text_;
  std::size_t lines_ = 0;
  std::uint32_t made_ = 0;
  std::string keep_;
  std::vector<Thing> things_;
};

}  // namespace gcsim::test
