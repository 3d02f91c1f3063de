// How each operation is written in a binary trace.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "gcsim/trace/event.h"

namespace gcsim::trace::binary {

// The fields of an event as bits.
enum Field : std::uint8_t {
  kSubject = 1,
  kValue = 2,
  kName = 4,  // in operations that bind the subject's own word: another one
  kKey = 8,   // the key or the literal
  kNumber = 16,
  kOperands = 32,
  kType = 64,
  kFlags = 128,
};

// What Event::operands are.
enum class Items : std::uint8_t { objects, names, numbers, arguments };

// How an operation is written: the fields it usually has, those it must have, those it may have too.
struct Row {
  Op op = Op::check;
  std::uint8_t usual = 0;
  std::uint8_t required = 0;
  std::uint8_t optional = 0;
  std::uint8_t derived = 0;     // fields that follow from the others and are not written
  bool binds_subject = false;   // Event::name is the subject's word if nothing else is said
  bool subject_is_new = false;  // and can't be None
  bool has_literal = false;     // the key is a literal
  std::uint32_t absent_number = 0;
  Items items = Items::objects;
};

inline constexpr std::size_t kOps = static_cast<std::size_t>(Op::tick) + 1;
// In the byte of an operation: the byte of its fields follows, since they are not the usual ones.
inline constexpr std::uint8_t kUnusual = 0x80;

constexpr Row row(Op op, int required, int optional = 0, int usual = -1) {
  Row r;
  r.op = op;
  r.required = static_cast<std::uint8_t>(required);
  r.optional = static_cast<std::uint8_t>(optional);
  r.usual = static_cast<std::uint8_t>(usual < 0 ? required : usual);
  return r;
}
constexpr Row creating(Row r) {
  r.binds_subject = r.subject_is_new = true;
  return r;
}
constexpr Row with_literal(Row r) {
  r.has_literal = true;
  return r;
}
constexpr Row with_items(Row r, Items items) {
  r.items = items;
  return r;
}
constexpr Row without_number(Row r) {
  r.absent_number = kNoIndex;
  return r;
}
constexpr Row with_new_subject(Row r) {
  r.subject_is_new = true;
  return r;
}
constexpr Row deriving(int fields, Row r) {
  r.derived = static_cast<std::uint8_t>(fields);
  return r;
}

inline constexpr std::array<Row, kOps> kRows = {{
    deriving(kValue, with_literal(creating(
                         row(Op::alloc, kSubject | kType, kKey | kName | kNumber | kOperands | kFlags)))),
    row(Op::bind, kName | kValue),
    row(Op::add, kSubject | kValue),
    deriving(kNumber, row(Op::set_item, kSubject | kKey | kValue)),
    deriving(kNumber, row(Op::del_item, kSubject | kKey)),
    row(Op::pop, kSubject),
    row(Op::remove, kSubject | kValue),
    row(Op::clear, kSubject),
    with_items(row(Op::del, kOperands), Items::names),
    row(Op::set_attr, kSubject | kKey | kValue),
    row(Op::del_attr, kSubject | kKey),
    row(Op::dict, kSubject, kName),
    creating(row(Op::weakref, kSubject | kValue, kFlags)),
    row(Op::collect, 0, kNumber, kNumber),
    row(Op::enable, 0),
    row(Op::disable, 0),
    with_items(row(Op::set_threshold, kOperands), Items::numbers),
    row(Op::freeze, 0),
    row(Op::unfreeze, 0),
    row(Op::set_debug, 0, kNumber, kNumber),
    row(Op::get_count, 0),
    row(Op::inspect_refcount, kSubject),
    row(Op::inspect_generations, 0),
    row(Op::track, kSubject),
    row(Op::untrack, kSubject),
    row(Op::resize, kSubject | kNumber),
    row(Op::exit, 0),
    row(Op::check, 0),
    row(Op::inspect_is, kSubject | kValue),
    deriving(kValue | kKey | kNumber, with_new_subject(row(Op::import_module, kSubject, kName))),
    deriving(kKey | kNumber, with_new_subject(row(Op::import_from, kSubject | kValue, kName))),
    row(Op::loaded, kSubject),
    row(Op::failed, kSubject),
    row(Op::hold, kSubject),
    row(Op::release, kSubject),
    row(Op::gc_is_enabled, 0),
    row(Op::gc_get_threshold, 0),
    row(Op::gc_get_stats, 0),
    without_number(row(Op::gc_get_objects, 0, kNumber)),
    row(Op::gc_get_referrers, kOperands),
    row(Op::gc_get_referents, kOperands),
    row(Op::gc_is_tracked, kSubject),
    row(Op::gc_is_finalized, kSubject),
    row(Op::gc_freeze_count, 0),
    row(Op::gc_garbage, 0),
    row(Op::gc_clear_garbage, 0),
    row(Op::gc_add_callback, kName),
    row(Op::gc_remove_callback, kName),
    row(Op::unit_begin, 0),
    row(Op::unit_end, 0),
    with_literal(creating(row(Op::load_constant, kSubject | kType | kKey))),
    with_literal(row(Op::add_in_place, kName | kType | kKey)),
    row(Op::intern, kName | kValue),
    row(Op::inspect_id, kSubject),
    row(Op::inspect_getrefcount, kSubject),
    with_items(row(Op::call, kKey, kOperands), Items::arguments),
    row(Op::return_, 0, kValue | kName, kValue),
    creating(row(Op::frame, kSubject)),
    without_number(creating(row(Op::raise, kSubject | kType, kOperands | kNumber))),
    with_items(creating(row(Op::generator, kSubject | kKey, kOperands)), Items::arguments),
    row(Op::next, kSubject),
    row(Op::yield_, 0, kValue | kName, kValue),
    row(Op::die, kSubject, kOperands),
    row(Op::garbage, kSubject, kNumber | kOperands, kSubject | kNumber | kOperands),
    row(Op::own, kSubject | kNumber),
    with_items(row(Op::memory, kOperands), Items::numbers),
    row(Op::atomic, kSubject),
    row(Op::tick, 0),
}};

constexpr bool rows_are_in_order() {
  for (std::size_t i = 0; i < kOps; ++i) {
    const Row& r = kRows[i];
    if (static_cast<std::size_t>(r.op) != i) return false;
    if ((r.usual & ~(r.required | r.optional)) != 0) return false;
  }
  return true;
}
static_assert(rows_are_in_order(), "a row for each Op, in their order");

}  // namespace gcsim::trace::binary
