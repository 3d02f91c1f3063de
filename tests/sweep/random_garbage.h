// Random traces full of garbage of difficult shapes, for comparing the two ways to a sweep's rows. All
// operands are bound names, so that every setting can replay them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "support/random_events.h"

namespace gcsim::test {

class RandomGarbage {
 public:
  RandomGarbage(unsigned seed, std::size_t events) : dice_(seed), events_(events) {
    text_ = "class Node\nclass Slotted slots=a,b\n";
    keep_ = alloc("list");
  }

  std::string text() {
    while (lines_ < events_) {
      switch (dice_.below(40)) {
        case 0: old_single_between_cycles(); break;
        case 1: two_holders(); break;
        case 2: chain_of_cycles(); break;
        case 3: holds_what_is_named(); break;
        case 4: fill(dice_.below(12)); break;
        default: step();
      }
    }
    return text_;
  }

 private:
  struct Thing {
    std::string name;
    char kind;  // l list, n node, t tuple, u tuple without containers, d dict, s slotted, w weak reference
    bool holds_itself = false;
  };

  std::string fresh() { return "o" + std::to_string(++made_); }
  void line(const std::string& text) {
    text_ += text + "\n";
    ++lines_;
  }
  std::string alloc(const std::string& type) {
    std::string name = fresh();
    line("alloc " + name + " " + type);
    return name;
  }
  Thing& any() { return things_[dice_.below(static_cast<std::uint32_t>(things_.size()))]; }
  bool maybe(std::uint32_t n) { return dice_.one_in(n); }

  void link(const std::string& from, const std::string& to) { line("ref " + from + "[] " + to); }
  void drop(std::size_t at) {
    line("del " + things_[at].name);
    things_.erase(things_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  // Objects that stay.
  void fill(std::uint32_t n) {
    for (; n > 0; --n) {
      const std::string name = alloc("list");
      link(keep_, name);
      line("del " + name);
    }
  }
  // Of these names in a random order, with other things in between.
  void drop_all(std::vector<std::string> names) {
    while (!names.empty()) {
      const auto at = dice_.below(static_cast<std::uint32_t>(names.size()));
      line("del " + names[at]);
      names.erase(names.begin() + at);
      if (maybe(3)) fill(dice_.below(5));
    }
  }

  void old_single_between_cycles() {
    const std::string y = alloc("list");
    fill(dice_.below(10));
    const std::string w = alloc("list");
    const std::string x = alloc("list");
    const std::string z = alloc("list");
    link(w, w);
    link(w, y);
    link(y, z);
    if (maybe(2)) link(z, z);
    if (maybe(2)) link(y, x);
    if (maybe(2)) link(z, x);
    drop_all({y, w, x, z});
  }
  void two_holders() {
    const std::string x = alloc("list");
    const std::string p = alloc("list");
    link(p, p);
    link(p, x);
    fill(dice_.below(8));
    const std::string q = alloc("list");
    link(q, q);
    link(q, x);
    drop_all({p, q, x});
  }
  void chain_of_cycles() {
    std::vector<std::string> names;
    for (std::uint32_t n = 2 + dice_.below(4); n > 0; --n) {
      names.push_back(alloc("list"));
      if (maybe(2)) link(names.back(), names.back());
      if (names.size() > 1) link(names[names.size() - 2], names.back());
      if (maybe(4)) fill(dice_.below(4));
    }
    if (maybe(3)) link(names.back(), names.front());
    drop_all(names);
  }
  void holds_what_is_named() {
    const std::string x = alloc("list");
    const std::string w = alloc("list");
    link(w, w);
    link(w, x);
    line("del " + w);
    fill(dice_.below(8));
    things_.push_back({x, 'l'});
  }

  void step() {
    if (things_.size() < 3 || dice_.below(10) < 3) return make();
    if (things_.size() > 25 || dice_.below(10) < 4)
      return drop(dice_.below(static_cast<std::uint32_t>(things_.size())));
    switch (dice_.below(12)) {
      case 0: take_out(); break;
      case 1: line("del " + alloc("float")); break;
      case 2: refer_weakly(); break;
      case 3:
        if (maybe(6)) line("gc collect " + std::to_string(dice_.below(3)));
        break;
      case 4:
        if (maybe(4)) line("gc count");
        break;
      default: connect();
    }
  }

  void make() {
    switch (dice_.below(12)) {
      case 0:
      case 1: things_.push_back({alloc("Node"), 'n'}); break;
      case 2: things_.push_back({alloc("Slotted"), 's'}); break;
      case 3: things_.push_back({alloc("dict"), 'd'}); break;
      case 4: make_tuple(); break;
      case 5: rebind(); break;
      default: things_.push_back({alloc("list"), 'l'});
    }
    if (!things_.empty() && maybe(4)) link_to_itself();
  }
  void link_to_itself() {
    Thing& t = things_.back();
    t.holds_itself = t.kind == 'l' || t.kind == 'n';
    if (t.kind == 'l') link(t.name, t.name);
    if (t.kind == 'n') line("setattr " + t.name + " me " + t.name);
  }
  // The old object goes when the new one is there.
  void rebind() {
    if (things_.empty()) return;
    Thing& old = any();
    const std::string id = fresh();
    line("alloc " + id + " list as " + old.name);
    line("ref " + id + " " + id);
    line("del " + old.name);
    old = {id, 'l'};
  }
  void make_tuple() {
    std::string elements;
    if (maybe(2)) {
      for (std::uint32_t n = 1 + dice_.below(3); n > 0 && !things_.empty(); --n) {
        const Thing& t = any();
        if (t.kind != 't' && t.kind != 'u') elements += " " + t.name;
      }
    }
    if (elements.empty()) {
      const std::string leaf = alloc("float");
      const std::string name = fresh();
      line("alloc " + name + " tuple " + leaf);
      line("del " + leaf);
      things_.push_back({name, 'u'});  // without containers
      return;
    }
    const std::string name = fresh();
    line("alloc " + name + " tuple" + elements);
    things_.push_back({name, 't'});
  }

  void connect() {
    const Thing from = any();
    const Thing to = any();
    const char* keys[] = {"a", "b"};
    switch (from.kind) {
      case 'l':
        link(from.name, to.name);
        if (maybe(5)) line("ref " + from.name + "[0] " + any().name);
        if (maybe(6)) line("unref " + from.name + "[]");
        break;
      case 'n':
        if (maybe(4)) {
          set_late_attribute(from, to);
          break;
        }
        [[fallthrough]];
      case 's': line("setattr " + from.name + " " + keys[dice_.below(2)] + " " + value_for(to)); break;
      case 'd':
        if (to.kind != 'u') line("ref " + from.name + "[k" + std::to_string(++made_) + "] " + to.name);
        break;
      default: break;
    }
  }
  // A name that the class has no room for any more: the attributes move to a dict.
  void set_late_attribute(const Thing& from, const Thing& to) {
    const bool may_be_any = from.holds_itself;
    line("setattr " + from.name + " late" + std::to_string(lines_ / 100) + " " +
         (may_be_any ? to.name : value_for(to)));
  }
  // Before 3.11 an attribute is an entry of a dict, which is untracked if no container is left in it.
  std::string value_for(const Thing& to) { return to.kind == 'u' ? keep_ : to.name; }

  void take_out() {
    for (int tries = 0; tries < 5; ++tries) {
      const Thing& from = any();
      if (from.kind != 'l') continue;
      line("clear " + from.name);
      return;
    }
  }
  void refer_weakly() {
    const Thing& to = any();
    if (to.kind != 'n') return;
    const std::string name = fresh();
    line("weakref " + name + " " + to.name);
    things_.push_back({name, 'w'});
  }

  SeededChoices dice_;
  std::size_t events_;
  std::string text_;
  std::size_t lines_ = 0;
  std::uint32_t made_ = 0;
  std::string keep_;
  std::vector<Thing> things_;
};

}  // namespace gcsim::test
