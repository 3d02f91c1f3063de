#include "block_decoder.h"

#include <algorithm>
#include <array>
#include <limits>

#include "event_builder.h"
#include "utf8.h"
#include "words.h"

namespace gcsim::trace {

using namespace binary;

namespace {

constexpr std::size_t kMostArguments = 255;

bool is_text(std::string_view word) {
  return word.size() <= kMaxLineBytes && find_bad_byte(word) == std::string_view::npos;
}

// Events with nothing but their operation, to be filled in.
constexpr std::array<Event, kOps> kEmpty = [] {
  std::array<Event, kOps> events{};
  for (std::size_t i = 0; i < kOps; ++i) {
    events[i].op = static_cast<Op>(i);
    events[i].number = kRows[i].absent_number;
  }
  return events;
}();

}  // namespace

void VocabularyChanges::clear() {
  released.clear();
  symbols.clear();
  text.clear();
  keys.clear();
  types.clear();
  literals.clear();
}

BlockDecoder::BlockDecoder(Vocabulary words, bool declares_unknown_types)
    : words_(std::move(words)), declares_unknown_types_(declares_unknown_types) {
  note_types();
}

void BlockDecoder::note_types() {
  for (std::size_t i = type_uses_.size(); i < words_.types().size(); ++i) {
    const TypeDecl& type = words_.types()[i];
    unsigned uses = 0;
    if (type.kind == Kind::exception) {
      uses = kException;
    } else if (words_.find_type(type.name) == TypeId{static_cast<std::uint16_t>(i)}) {
      uses = kAllocatable;
    }
    if (type.kind == Kind::integer) uses |= kHasValue | kNeedsValue;
    if (type.kind == Kind::floating || type.kind == Kind::string) uses |= kHasValue;
    if (type.kind == Kind::tuple) uses |= kTuple;
    if (type.finalizer == Finalizer::resurrects) uses |= kResurrects;
    type_uses_.push_back(static_cast<std::uint8_t>(uses));
  }
}

bool BlockDecoder::begin(const BlockHead& head, std::string contents) {
  contents_ = std::move(contents);
  first_ = head.first;
  events_ = head.events;
  next_event_ = 0;
  next_expectation_ = 0;
  next_number_ = 0;
  last_line_ = 0;
  run_ = {};
  locals_.clear();
  Cursor in(contents_);
  return read_tables(in) && !in.is_bad() && events_ <= contents_.size();
}

bool BlockDecoder::read_tables(Cursor& in) {
  has_imports_ = in.byte() != 0;
  if (!read_prefixes(in) || !read_types(in) || !read_keys(in) || !read_literals(in)) return false;
  symbols_ = in.count();
  symbol_words_ = Cursor(in.word());
  lines_ = Cursor(in.word());
  if (!read_expectations(in)) return false;
  references_ = Cursor(in.word());
  numbers_ = Cursor(in.word());
  operations_ = in;
  locals_.reserve(symbols_);
  return true;
}

bool BlockDecoder::read_prefixes(Cursor& in) {
  prefixes_.resize(in.count());
  for (std::string_view& prefix : prefixes_) {
    prefix = in.word();
    scratch_.assign(prefix).append("0");
    if (!is_id(scratch_)) return false;
  }
  return true;
}

// All that are known behind this block; those before it were listed by the blocks before it.
bool BlockDecoder::read_types(Cursor& in) {
  const std::uint32_t count = in.count();
  std::size_t number = kBuiltinTypes;
  for (std::uint32_t i = 0; i < count && !in.is_bad(); ++i, ++number) {
    while (number < words_.types().size() && words_.types()[number].kind == Kind::instance) ++number;
    if (!read_type(in, number)) return false;
  }
  note_types();
  return true;
}

bool BlockDecoder::read_type(Cursor& in, std::size_t number) {
  const bool is_exception = in.below(2) == 1;
  const std::string_view name = in.word();
  const Kind kind = is_exception ? Kind::exception : Kind::opaque;
  if (in.is_bad()) return false;
  if (number < words_.types().size())
    return words_.types()[number].name == name && words_.types()[number].kind == kind;
  if (number >= kMaxTypes) return false;
  const std::size_t known = words_.types().size();
  if (is_exception) {
    if (!words_.find_exception(name) || words_.types().size() == known) return false;
  } else {
    if (!declares_unknown_types_ || name.empty() || !is_text(name) || words_.find_type(name)) return false;
    TypeDecl opaque;
    opaque.name = name;
    words_.declare(std::move(opaque));
  }
  pending_.types.push_back(words_.types().back());
  return true;
}

bool BlockDecoder::read_keys(Cursor& in) {
  const std::uint32_t count = in.count();
  Cursor entries(in.word());
  keys_.clear();
  for (std::uint32_t i = 0; i < count && !entries.is_bad(); ++i) {
    const std::string_view key = entries.word();
    if (!is_text(key)) return false;
    bool is_new = false;
    keys_.push_back({KeyId{words_.keys.intern(key, is_new)}, index_of(key), is_id(key), key.empty()});
    if (is_new) pending_.keys.emplace_back(key);
  }
  return !entries.is_bad() && entries.is_at_end();
}

bool BlockDecoder::read_literals(Cursor& in) {
  const std::uint32_t count = in.count();
  Cursor entries(in.word());
  literals_.clear();
  for (std::uint32_t i = 0; i < count && !entries.is_bad(); ++i) {
    const auto kind = static_cast<Kind>(entries.byte());
    const std::string_view text = entries.word();
    const bool is_canonical = kind == Kind::integer    ? canonical_int(text) == text
                              : kind == Kind::floating ? canonical_float(text) == text
                                                       : kind == Kind::string && is_text(text);
    if (!is_canonical) return false;
    const std::size_t known = words_.literals().size();
    literals_.push_back({words_.intern(kind, text), kind});
    if (words_.literals().size() > known) pending_.literals.push_back(words_.literals().back());
  }
  return !entries.is_bad() && entries.is_at_end();
}

bool BlockDecoder::read_expectations(Cursor& in) {
  const std::uint32_t count = in.count();
  Cursor entries(in.word());
  expectations_.clear();
  EventIndex last = first_;
  for (std::uint32_t i = 0; i < count && !entries.is_bad(); ++i) {
    BlockExpectation each;
    each.event = first_ + entries.number();
    each.line = unzigzag(entries.number());
    each.column = entries.below(std::numeric_limits<std::uint32_t>::max());
    each.text = entries.word();
    if (each.event < last || each.event - first_ >= events_ || !is_text(each.text)) return false;
    last = each.event;
    expectations_.push_back(each);
  }
  return !entries.is_bad() && entries.is_at_end();
}

bool BlockDecoder::next(DecodedBatch& batch) {
  batch_ = &batch;
  std::swap(batch.changes, pending_);
  pending_.clear();
  batch.lines.clear();
  batch.number = ++batches_;
  // Events and sources are overwritten below; to clear them first would cost time.
  batch.events.operands.clear();
  batch.events.expectations.clear();
  batch.events.globals.clear();
  batch.events.text.clear();
  batch.events.first = first_ + next_event_;
  const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(kBatchEvents, events_ - next_event_));
  if (!read_events(count) || !is_sound() || !read_lines()) return false;
  hand_out_expectations();
  if (next_event_ == events_) {
    end_block();
    return operations_.is_at_end() && references_.is_at_end() && numbers_.is_at_end() &&
           symbol_words_.is_at_end() && lines_.is_at_end() && run_.count == 0 && locals_.size() == symbols_ &&
           is_block_over();
  }
  return true;
}

bool BlockDecoder::is_sound() const {
  return !operations_.is_bad() && !references_.is_bad() && !numbers_.is_bad() && !symbol_words_.is_bad() &&
         !lines_.is_bad();
}

bool BlockDecoder::read_events(std::uint32_t count) {
  EventBatch& out = batch_->events;
  out.events.resize(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!read_event(out.events[i])) return false;
  }
  next_event_ += count;
  return true;
}

bool BlockDecoder::read_event(Event& event) {
  const std::uint8_t byte = operations_.byte();
  const std::size_t op = byte & ~kUnusual & 0xff;
  if (op >= kOps || operations_.is_bad()) return false;
  const Row& row = kRows[op];
  const std::uint8_t present = (byte & kUnusual) != 0 ? operations_.byte() : row.usual;
  if ((present & ~(row.required | row.optional)) != 0 || (row.required & ~present) != 0) return false;
  event = kEmpty[op];
  event.operand_begin = static_cast<std::uint32_t>(batch_->events.operands.size());
  return fields(row, present, event) && complete(present, event);
}

bool BlockDecoder::fields(const Row& row, std::uint8_t present, Event& event) {
  if ((present & kSubject) != 0) {
    if (!symbol(event.subject) || (row.subject_is_new && is_none(event.subject))) return false;
    if (row.binds_subject) event.name = event.subject;
  }
  if ((present & kType) != 0) {
    const std::uint32_t type = operations_.below(type_uses_.size());
    event.type = TypeId{static_cast<std::uint16_t>(type)};
  }
  if ((present & kKey) != 0) {
    if ((row.has_literal ? literals_.size() : keys_.size()) == 0) return false;
    if (row.has_literal) {
      literal_ = literals_[numbers_.below(literals_.size())];
      event.literal = literal_.id;
    } else {
      key_ = keys_[numbers_.below(keys_.size())];
      event.key = key_.id;
    }
  }
  if ((present & kValue) != 0 && !symbol(event.value)) return false;
  if ((present & kName) != 0 && (!symbol(event.name) || is_none(event.name))) return false;
  if ((present & kNumber) != 0) event.number = numbers_.below(std::uint64_t{1} << 32);
  if ((present & kFlags) != 0) event.flags = numbers_.byte();
  return (present & kOperands) == 0 || operands(row, event);
}

bool BlockDecoder::operands(const Row& row, Event& event) {
  std::vector<std::uint32_t>& out = batch_->events.operands;
  const std::uint64_t count = operations_.number();
  const std::size_t begin = out.size();
  const bool is_fit = count > 0 && count <= contents_.size() &&
                      (row.items != Items::numbers || count <= kGenerations) &&
                      (row.items != Items::arguments || (count % 2 == 0 && count <= 2 * kMostArguments));
  if (!is_fit) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    SymbolId item{};
    if (row.items == Items::numbers) {
      const std::int64_t number = unzigzag(numbers_.number());
      if (number < INT32_MIN || number > INT32_MAX) return false;
      out.push_back(static_cast<std::uint32_t>(static_cast<std::int32_t>(number)));
      continue;
    }
    if (!symbol(item)) return false;
    const bool is_name = row.items == Items::names || (row.items == Items::arguments && i % 2 == 0);
    if (is_name && is_none(item)) return false;
    out.push_back(raw(item));
    if (row.items == Items::arguments && i % 2 == 0 && !argument(begin)) return false;
  }
  event.operand_count = static_cast<std::uint32_t>(count);
  return true;
}

// Whether the last operand, a name, is given for the first time.
bool BlockDecoder::argument(std::size_t begin) {
  const std::vector<std::uint32_t>& all = batch_->events.operands;
  for (std::size_t i = begin; i + 1 < all.size(); i += 2) {
    if (all[i] == all.back()) return false;
  }
  return true;
}

// What follows from the fields, and whether they fit together as in the other forms.
bool BlockDecoder::complete(std::uint8_t present, Event& event) {
  constexpr std::uint32_t kMaxInt = INT32_MAX;
  switch (event.op) {
    case Op::alloc: return alloc(present, event);
    case Op::set_item:
    case Op::del_item: event.number = key_.index; return !key_.is_empty;
    case Op::weakref:
      return event.flags == 0 || event.flags == kCallback || event.flags == (kCallback | kRaises);
    case Op::collect: return event.number <= kOldest;
    case Op::gc_get_objects: return event.number <= kOldest || event.number == kNoIndex;
    case Op::set_debug: return event.number <= kMaxInt;
    case Op::resize: return event.number > 0;
    case Op::import_module:
    case Op::import_from: return import(event);
    case Op::load_constant:
    case Op::add_in_place: return raw(event.type) <= kStrType && literal_.kind == kind_of(event);
    case Op::call:
    case Op::generator: return key_.is_id;
    case Op::raise:
      return (type_uses_[raw(event.type)] & kException) != 0 &&
             (event.number <= kMaxInt || event.number == kNoIndex);
    default: break;
  }
  return true;
}

bool BlockDecoder::alloc(std::uint8_t present, Event& event) {
  const unsigned uses = type_uses_[raw(event.type)];
  const bool has_value = (present & kKey) != 0;
  const bool is_fit = (uses & kAllocatable) != 0 && (!has_value || (uses & kHasValue) != 0) &&
                      (has_value || (uses & kNeedsValue) == 0) &&
                      ((present & kOperands) == 0 || (uses & kTuple) != 0) &&
                      (event.flags & ~(kBypassFreeList | kBefore | kOutside)) == 0;
  if (!is_fit) return false;
  if (has_value && literal_.kind != kind_of(event)) return false;
  if ((uses & kResurrects) != 0) {
    scratch_.assign("R_").append(word(event.subject));
    event.value = SymbolId{intern(scratch_)};
    if (has_imports_) note_global(scratch_, event.value);
  }
  return true;
}

bool BlockDecoder::import(Event& event) {
  has_imports_ = true;
  const std::string module(word(event.subject));
  if (module.back() == '.' || module == "__main__") return false;
  const auto key = [this](std::string_view name) {
    bool is_new = false;
    const std::uint32_t id = words_.keys.intern(name, is_new);
    if (is_new) batch_->changes.keys.emplace_back(name);
    return id;
  };
  if (event.op == Op::import_module) {
    const std::string_view outermost = std::string_view(module).substr(0, module.find('.'));
    event.value = SymbolId{intern(outermost)};
    event.key = KeyId{key(outermost)};
  }
  event.number = key(module);
  if (const std::size_t dot = module.rfind('.'); dot != std::string::npos)
    intern(std::string_view(module).substr(0, dot));
  note_global(module, event.subject);
  if (event.name != kNoSymbol) note_global(std::string(word(event.name)), event.name);
  if (event.op == Op::import_module) return true;
  const std::string member(word(event.value));
  event.key = KeyId{key(member)};
  return !is_none(event.value) && member.find('.') == std::string::npos;
}

bool BlockDecoder::symbol(SymbolId& into) {
  const std::uint64_t code = references_.number();
  if (code > 1) {
    const std::uint64_t distance = code - 1;
    if (distance > locals_.size()) return false;
    Local& local = locals_[locals_.size() - distance];
    use(local);
    into = SymbolId{local.symbol};
    return true;
  }
  if (code == 1) {
    into = words_.none();
    return true;
  }
  std::uint32_t id = 0;
  if (references_.is_bad() || !new_symbol(id)) return false;
  into = SymbolId{id};
  return true;
}

void BlockDecoder::use(Local& local) {
  local.batch = static_cast<std::uint32_t>(batches_);
  if (!has_imports_ || !local.has_dot || local.noted == local.batch) return;
  if (note_global(words_.symbols.word(local.symbol), SymbolId{local.symbol})) local.noted = local.batch;
}

bool BlockDecoder::new_symbol(std::uint32_t& into) {
  const std::string_view word = new_word();
  if (word.empty() || locals_.size() == symbols_) return false;
  into = intern(word);
  Local& local = locals_.emplace_back();
  local.symbol = into;
  local.has_dot = word.find('.') != std::string_view::npos;
  use(local);
  return true;
}

// The next word of the list; empty if it is none.
std::string_view BlockDecoder::new_word() {
  const std::uint64_t prefix = symbol_words_.number();
  if (prefix == 0) {
    const std::string_view word = symbol_words_.word();
    return is_id(word) && word != "None" ? word : std::string_view();
  }
  if (prefix > prefixes_.size()) return {};
  const std::uint64_t code = symbol_words_.number();
  std::uint64_t number = next_number_;
  if (code > 0) number += static_cast<std::uint64_t>(unzigzag((code - 1) >> 1));
  if (code == 0 || ((code - 1) & 1) != 0) next_number_ = number + 1;
  if (number >> 60 != 0) return {};
  char digits[24];
  char* begin = std::end(digits);
  do {
    *--begin = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  scratch_.assign(prefixes_[prefix - 1]).append(begin, std::end(digits));
  return scratch_;
}

// Words that are used outside of the block's list, too.
std::uint32_t BlockDecoder::intern(std::string_view word) {
  bool is_new = false;
  const std::uint32_t id = words_.symbols.intern(word, is_new);
  if (id >= used_in_.size()) used_in_.resize(id + 1 + used_in_.size() / 2);
  used_in_[id] = batches_;
  if (!is_new) return id;
  VocabularyChanges& changes = batch_->changes;
  changes.symbols.push_back(
      {id, static_cast<std::uint32_t>(changes.text.size()), static_cast<std::uint32_t>(word.size())});
  changes.text.append(word);
  return id;
}

// As EventBuilder::note_global does for the other forms. Whether there is such a module yet.
bool BlockDecoder::note_global(std::string_view word, SymbolId symbol) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == word.size()) return false;
  const auto module = words_.symbols.find(word.substr(0, dot));
  if (!module) return false;
  used_in_[*module] = batches_;
  bool is_new = false;
  const std::string_view name = word.substr(dot + 1);
  const KeyId key{words_.keys.intern(name, is_new)};
  if (is_new) batch_->changes.keys.emplace_back(name);
  batch_->events.globals.push_back({symbol, SymbolId{*module}, key});
  return true;
}

bool BlockDecoder::next_line(std::uint64_t& line) {
  if (run_.count == 0) {
    run_.count = lines_.number();
    run_.line = last_line_ + static_cast<std::uint64_t>(unzigzag(lines_.number()));
    run_.step = static_cast<std::uint64_t>(unzigzag(lines_.number()));
    if (lines_.is_bad() || run_.count == 0) return false;
  }
  line = last_line_ = run_.line;
  run_.line += run_.step;
  --run_.count;
  return line > 0;
}

bool BlockDecoder::read_lines() {
  EventBatch& out = batch_->events;
  out.sources.resize(out.events.size());
  for (std::size_t i = 0; i < out.events.size();) {
    std::uint64_t line = 0;
    if (!next_line(line)) return false;
    const std::uint64_t more = std::min<std::uint64_t>(run_.count, out.events.size() - i - 1);
    batch_->lines.push_back({out.first + i, more + 1, line, run_.step});
    out.sources[i] = {0, 0, line, 1};
    for (std::uint64_t k = 0; k < more; ++k) {
      if (!next_line(line)) return false;
      out.sources[i + k + 1] = {0, 0, line, 1};
    }
    i += more + 1;
  }
  return true;
}

void BlockDecoder::hand_out_expectations() {
  EventBatch& out = batch_->events;
  const EventIndex behind = first_ + next_event_;
  for (; next_expectation_ < expectations_.size(); ++next_expectation_) {
    const BlockExpectation& each = expectations_[next_expectation_];
    if (each.event >= behind) break;
    const std::uint64_t line =
        out.sources[each.event - out.first].line + static_cast<std::uint64_t>(each.line);
    out.expectations.push_back({each.event, std::string(each.text), line, each.column});
  }
}

void BlockDecoder::end_block() {
  for (const Local& local : locals_) {
    std::uint64_t& used = used_in_[local.symbol];
    used = std::max<std::uint64_t>(used, local.batch);
  }
}

void BlockDecoder::release(std::span<const SymbolId> words, std::uint64_t batch) {
  for (const SymbolId word : words) {
    if (used_in_[raw(word)] > batch) continue;
    words_.symbols.release(raw(word));
    pending_.released.push_back(raw(word));
  }
}

}  // namespace gcsim::trace
