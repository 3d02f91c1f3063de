#include "chain.h"

#include <vector>

namespace gcsim::generate {

namespace {

class Chain {
 public:
  Chain(Program& program, const Classes& classes, const ChainPlan& plan, Dice& dice)
      : program_(program), classes_(classes), plan_(plan), dice_(dice), plain_(classes.plain(dice)) {}

  void build() {
    const Index first = program_.alloc_list();  // can be made to hold the last one
    Index last = first;
    for (std::uint32_t n = 1; n < plan_.length && !program_.is_full(); ++n) {
      const Index link = add_link(last);
      program_.del_id(last);
      last = link;
    }
    if (plan_.is_ring) program_.append(first, last);
    if (plan_.is_dropped) program_.del_id(last);
  }

 private:
  Index add_link(Index held) {
    ChainPlan::Links kind = plan_.links;
    if (kind == ChainPlan::Links::mixed) {
      kind = static_cast<ChainPlan::Links>(dice_.below(static_cast<std::uint32_t>(ChainPlan::Links::mixed)));
    }
    if (kind == ChainPlan::Links::tuples) return add_tuple(held);
    const Index link = alloc(kind);
    if (plan_.is_comb) hold_sibling(link, 0);
    hold(link, 1, held);
    if (plan_.is_comb) hold_sibling(link, 2);
    return link;
  }

  Index add_tuple(Index held) {
    if (!plan_.is_comb) return program_.alloc_tuple({held});
    const Index before = program_.alloc_list();
    const Index after = program_.alloc_list();
    const Index link = program_.alloc_tuple({before, held, after});
    program_.del_id(before);
    program_.del_id(after);
    return link;
  }

  Index alloc(ChainPlan::Links kind) {
    switch (kind) {
      case ChainPlan::Links::dicts: return program_.alloc_dict();
      case ChainPlan::Links::instances: return program_.alloc_instance(classes_[plain_], plain_);
      case ChainPlan::Links::slotted: {
        const std::uint32_t type = classes_.with_slots();
        return program_.alloc_instance(classes_[type], type);
      }
      default: return program_.alloc_list();
    }
  }

  void hold(Index link, std::uint32_t place, Index held) {
    switch (program_[link].kind) {
      case Kind::list: program_.append(link, held); break;
      case Kind::dict: program_.set_item(link, kDictKey | place, held); break;
      default: program_.set_attribute(link, place, held); break;
    }
  }

  void hold_sibling(Index link, std::uint32_t place) {
    const Index sibling = program_.alloc_list();
    hold(link, place, sibling);
    program_.del_id(sibling);
  }

  Program& program_;
  const Classes& classes_;
  const ChainPlan& plan_;
  Dice& dice_;
  std::uint32_t plain_;
};

}  // namespace

void build_chain(Program& program, const Classes& classes, const ChainPlan& plan, Dice& dice) {
  Chain(program, classes, plan, dice).build();
}

}  // namespace gcsim::generate
