#include "block_decoder.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

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

BlockDecoder::BlockDecoder(Vocabulary words, bool declares_unknown_types)
    : words_(std::move(words)),
      declares_unknown_types_(declares_unknown_types),
      told_series_(words_.symbols.prefixes().size()) {
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

bool BlockDecoder::begin(const BlockHead& head, std::string& contents) {
  contents_.swap(contents);
  first_ = head.first;
  events_ = head.events;
  next_event_ = 0;
  next_expectation_ = 0;
  last_line_ = 0;
  run_ = {};
  Cursor in(contents_);
  return read_tables(in) && !in.is_bad() && events_ <= contents_.size();
}

bool BlockDecoder::read_tables(Cursor& in) {
  has_imports_ = in.byte() != 0;
  if (!read_prefixes(in) || !read_types(in) || !read_keys(in) || !read_literals(in)) return false;
  const std::uint32_t symbols = in.count();
  if (!read_symbol_words(symbols, Cursor(in.word()))) return false;
  lines_ = Cursor(in.word());
  if (!read_expectations(in)) return false;
  references_ = Cursor(in.word());
  numbers_ = Cursor(in.word());
  operations_ = in;
  intern_symbol_words();
  return true;
}

// The block's list of words.
bool BlockDecoder::read_symbol_words(std::uint32_t count, Cursor in) {
  if (count > in.left() / 2) return false;  // of so many bytes at least
  symbol_words_.resize(count);
  texts_.clear();
  std::uint64_t next = 0;
  for (std::size_t i = read_common_words(in, 0, next); i < count;) {
    if (!read_symbol_word(in, next, symbol_words_[i])) return false;
    ++i;
    i += read_common_words(in, i, next);
  }
  return !in.is_bad() && in.is_at_end();
}

// Words of a series, from symbol_words_[begin] on, with all that they need in registers. Stops as
// read_common_events does.
std::size_t BlockDecoder::read_common_words(Cursor& in, std::size_t begin, std::uint64_t& next) {
  constexpr std::size_t kMostBytes = 6;
  const std::size_t most = std::min(symbol_words_.size() - begin, in.left() / kMostBytes);
  const char* at = in.at();
  std::uint64_t expected = next;
  std::size_t read = 0;
  for (; read < most; ++read) {
    const char* here = at;
    const std::uint32_t prefix = short_number(here) - 1;
    const std::uint32_t code = short_number(here);
    if (prefix >= prefixes_.size() || code == kNotShort || prefixes_[prefix].series == WordTable::kNoSeries)
      break;
    const std::uint64_t number =
        expected + static_cast<std::uint64_t>(code == 0 ? 0 : unzigzag((code - 1) >> 1));
    if (number >> 32 != 0) break;
    if (code == 0 || ((code - 1) & 1) != 0) expected = number + 1;
    symbol_words_[begin + read] = {static_cast<std::uint32_t>(number), prefixes_[prefix].series,
                                   prefixes_[prefix].has_dot};
    at = here;
  }
  in.move_to(at);
  next = expected;
  return read;
}

bool BlockDecoder::read_symbol_word(Cursor& in, std::uint64_t& next, SymbolWord& word) {
  const std::uint64_t at = in.number();
  if (at == 0) {
    const std::string_view text = in.word();
    if (!is_id(text) || text == "None") return false;
    word = {static_cast<std::uint32_t>(texts_.size()), WordTable::kNoSeries,
            text.find('.') != std::string_view::npos};
    texts_.emplace_back(text);
    return true;
  }
  if (at > prefixes_.size()) return false;
  const Prefix& prefix = prefixes_[at - 1];
  std::uint64_t number = next;
  const std::uint64_t code = in.number();
  if (code > 0) number += static_cast<std::uint64_t>(unzigzag((code - 1) >> 1));
  if (code == 0 || ((code - 1) & 1) != 0) next = number + 1;
  if (number >> 60 != 0) return false;
  word = {static_cast<std::uint32_t>(number), prefix.series, prefix.has_dot};
  if (prefix.series != WordTable::kNoSeries && number >> 32 == 0) return true;
  word = {static_cast<std::uint32_t>(texts_.size()), WordTable::kNoSeries, prefix.has_dot};
  texts_.push_back(std::string(prefix.text).append(std::to_string(number)));
  return true;
}

// Words lie anywhere in the table, and it is too large for the cache: to wait for one at a time would take
// most of the time of reading.
void BlockDecoder::intern_symbol_words() {
  symbols_.resize(symbol_words_.size());
  met_ = 0;
  const bool has_several_batches = events_ > kBatchEvents;
  notes_uses_ = has_imports_ || has_several_batches;
  uses_.assign(notes_uses_ ? symbol_words_.size() : 0, {});
  const auto batch = static_cast<std::uint32_t>(batches_ + 1);
  WordTable& table = words_.symbols;
  const std::size_t count = symbol_words_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const SymbolWord& ahead = symbol_words_[std::min(i + kWordsAhead, count - 1)];
    if (ahead.series != WordTable::kNoSeries) table.prefetch(ahead.series, ahead.number);
    const SymbolWord& word = symbol_words_[i];
    bool is_new = false;
    if (word.series != WordTable::kNoSeries) {
      symbols_[i] = table.intern(word.series, word.number, is_new);
      if (is_new) pending_.symbols.push_back({symbols_[i], word.number, 0, word.series});
    } else {
      const std::string& text = texts_[word.number];
      symbols_[i] = table.intern(text, is_new);
      if (is_new) pending_.add(symbols_[i], text);
    }
    if (!has_several_batches) used_.note(symbols_[i], batch);
  }
}

bool BlockDecoder::read_prefixes(Cursor& in) {
  prefixes_.resize(in.count());
  for (Prefix& prefix : prefixes_) {
    prefix.text = in.word();
    scratch_.assign(prefix.text).append("0");
    if (!is_id(scratch_)) return false;
    prefix.series = words_.symbols.series_of(prefix.text);
    prefix.has_dot = prefix.text.find('.') != std::string_view::npos;
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
  batch.number = ++batches_;
  // Events are overwritten below; to clear them first would cost time.
  operands_ = 0;
  batch.events.expectations.clear();
  batch.events.globals.clear();
  batch.events.line_runs.clear();
  batch.events.text.clear();
  batch.events.first = first_ + next_event_;
  const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(kBatchEvents, events_ - next_event_));
  if (!read_events(count) || !is_sound() || !read_lines()) return false;
  hand_out_expectations();
  const std::vector<std::string_view> prefixes = words_.symbols.prefixes();
  batch.changes.prefixes.assign(prefixes.begin() + static_cast<std::ptrdiff_t>(told_series_), prefixes.end());
  told_series_ = prefixes.size();
  if (next_event_ == events_) {
    end_block();
    return operations_.is_at_end() && references_.is_at_end() && numbers_.is_at_end() && lines_.is_at_end() &&
           run_.count == 0 && met_ == symbols_.size() && is_block_over();
  }
  return true;
}

bool BlockDecoder::is_sound() const {
  return !operations_.is_bad() && !references_.is_bad() && !numbers_.is_bad() && !lines_.is_bad();
}

bool BlockDecoder::read_events(std::uint32_t count) {
  EventBatch& out = batch_->events;
  out.events.resize(count);
  out.operands.resize(count);  // more than most batches have
  for (std::uint32_t i = read_common_events(out.events.data(), count); i < count;) {
    if (!read_event(out.events[i])) return false;
    ++i;
    i += read_common_events(out.events.data() + i, count - i);
  }
  out.operands.resize(operands_);
  next_event_ += count;
  return true;
}

// The commonest events, as they are most often, with all that they need in registers. Stops before the first
// that is another, or wrong, or near the end of the bytes: read_event decides about that. Answers how many it
// read.
std::uint32_t BlockDecoder::read_common_events(Event* events, std::uint32_t count) {
  constexpr auto usual = [](Op op) { return kRows[static_cast<std::size_t>(op)].usual; };
  static_assert(usual(Op::alloc) == (kSubject | kType) && usual(Op::add) == (kSubject | kValue));
  static_assert(usual(Op::pop) == kSubject && usual(Op::del) == kOperands);
  constexpr std::size_t kMostBytes = 8;  // of such an event, in either stream
  if (notes_uses_) return 0;
  const std::size_t in_bytes = std::min(operations_.left(), references_.left()) / kMostBytes;
  const auto most = static_cast<std::uint32_t>(std::min<std::size_t>(count, in_bytes));
  std::vector<std::uint32_t>& operands = batch_->events.operands;
  if (operands.size() < operands_ + most) operands.resize(operands_ + most);
  const char* operation = operations_.at();
  const char* reference = references_.at();
  std::size_t met = met_;
  std::size_t put = operands_;
  // kNotShort if it is None, or wrong.
  const auto word = [&] {
    const std::uint32_t code = short_number(reference);
    if (code == 0) return met < symbols_.size() ? symbols_[met++] : kNotShort;
    return code - 2 < met ? symbols_[met + 1 - code] : kNotShort;
  };
  std::uint32_t read = 0;
  for (; read < most; ++read) {
    const char* const operation_before = operation;
    const char* const reference_before = reference;
    const std::size_t met_before = met;
    const auto op = static_cast<Op>(*operation++);
    Event event = kEmpty[0];
    event.op = op;
    event.operand_begin = static_cast<std::uint32_t>(put);
    bool is_common = true;
    switch (op) {
      case Op::alloc: {
        const std::uint32_t subject = word();
        const std::uint32_t type = short_number(operation);
        const bool is_plain = type < type_uses_.size() &&
                              (type_uses_[type] & (kAllocatable | kNeedsValue | kResurrects)) == kAllocatable;
        is_common = subject != kNotShort && is_plain;
        event.subject = event.name = SymbolId{subject};
        event.type = TypeId{static_cast<std::uint16_t>(type)};
        break;
      }
      case Op::del: {
        is_common = short_number(operation) == 1;
        operands[put] = word();
        event.operand_count = 1;
        is_common = is_common && operands[put] != kNotShort;
        put += is_common ? 1 : 0;
        break;
      }
      case Op::add:
        event.subject = SymbolId{word()};
        event.value = SymbolId{word()};
        is_common = raw(event.subject) != kNotShort && raw(event.value) != kNotShort;
        break;
      case Op::pop:
        event.subject = SymbolId{word()};
        is_common = raw(event.subject) != kNotShort;
        break;
      default: is_common = false;
    }
    if (!is_common) {
      operation = operation_before;
      reference = reference_before;
      met = met_before;
      break;
    }
    events[read] = event;
  }
  operations_.move_to(operation);
  references_.move_to(reference);
  met_ = met;
  operands_ = put;
  return read;
}

// The usual event of an operation has a function of its own, made from its row: what it has is decided when
// that is compiled, not for each event.
template <std::size_t kOp>
bool BlockDecoder::usual_event(Event& event) {
  constexpr Row kRow = kRows[kOp];
  return fields(kRow, kRow.usual, event) && complete(kRow.op, kRow.usual, event);
}

constexpr BlockDecoder::UsualEvents BlockDecoder::usual_events() {
  return []<std::size_t... kOp>(std::index_sequence<kOp...>) {
    return UsualEvents{&BlockDecoder::usual_event<kOp>...};
  }
  (std::make_index_sequence<kOps>());
}

bool BlockDecoder::read_event(Event& event) {
  static constexpr UsualEvents kUsualEvents = usual_events();
  const std::uint8_t byte = operations_.byte();
  const std::size_t op = byte & ~kUnusual & 0xff;
  if (op >= kOps || operations_.is_bad()) return false;
  event = kEmpty[op];
  event.operand_begin = static_cast<std::uint32_t>(operands_);
  if ((byte & kUnusual) == 0) return (this->*kUsualEvents[op])(event);
  const Row& row = kRows[op];
  const std::uint8_t present = operations_.byte();
  if ((present & ~(row.required | row.optional)) != 0 || (row.required & ~present) != 0) return false;
  return fields(row, present, event) && complete(row.op, present, event);
}

inline bool BlockDecoder::fields(const Row& row, std::uint8_t present, Event& event) {
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

inline void BlockDecoder::put_operand(std::uint32_t operand) {
  std::vector<std::uint32_t>& out = batch_->events.operands;
  if (operands_ == out.size()) [[unlikely]]
    out.resize(2 * operands_ + 64);
  out[operands_++] = operand;
}

bool BlockDecoder::operands(const Row& row, Event& event) {
  const std::uint64_t count = operations_.number();
  const std::size_t begin = operands_;
  const bool is_fit = count > 0 && count <= contents_.size() &&
                      (row.items != Items::numbers || count <= kGenerations) &&
                      (row.items != Items::arguments || (count % 2 == 0 && count <= 2 * kMostArguments));
  if (!is_fit) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    SymbolId item{};
    if (row.items == Items::numbers) {
      const std::int64_t number = unzigzag(numbers_.number());
      if (number < INT32_MIN || number > INT32_MAX) return false;
      put_operand(static_cast<std::uint32_t>(static_cast<std::int32_t>(number)));
      continue;
    }
    if (!symbol(item)) return false;
    const bool is_name = row.items == Items::names || (row.items == Items::arguments && i % 2 == 0);
    if (is_name && is_none(item)) return false;
    put_operand(raw(item));
    if (row.items == Items::arguments && i % 2 == 0 && !argument(begin)) return false;
  }
  event.operand_count = static_cast<std::uint32_t>(count);
  return true;
}

// Whether the last operand, a name, is given for the first time.
bool BlockDecoder::argument(std::size_t begin) {
  const std::vector<std::uint32_t>& all = batch_->events.operands;
  for (std::size_t i = begin; i + 1 < operands_; i += 2) {
    if (all[i] == all[operands_ - 1]) return false;
  }
  return true;
}

// What follows from the fields, and whether they fit together as in the other forms.
inline bool BlockDecoder::complete(Op op, std::uint8_t present, Event& event) {
  constexpr std::uint32_t kMaxInt = INT32_MAX;
  switch (op) {
    case Op::alloc: return alloc(present, event);
    case Op::set_item:
    case Op::del_item: event.number = key_.index; return !key_.is_empty;
    case Op::weakref:
      return event.flags == 0 || event.flags == kCallback || event.flags == (kCallback | kRaises);
    case Op::collect: return event.number <= kOldest;
    case Op::gc_get_objects: return event.number <= kOldest || event.number == kNoIndex;
    case Op::set_debug: return event.number <= kMaxInt;
    case Op::resize:
    case Op::own: return event.number > 0;
    case Op::memory: return event.operand_count == 1;
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
                      (event.flags & ~(kBypassFreeList | kBefore | kOutside | kError | kReused)) == 0;
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
  if (!notes_uses_) uses_.assign(symbol_words_.size(), {});
  notes_uses_ = true;
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

inline bool BlockDecoder::symbol(SymbolId& into) {
  const std::uint64_t code = references_.number();
  if (code == 1) {
    into = words_.none();
    return true;
  }
  std::size_t word = met_;
  if (code == 0) {
    if (met_ == symbols_.size() || references_.is_bad()) return false;
    ++met_;
  } else {
    const std::uint64_t distance = code - 1;
    if (distance > met_) return false;
    word = met_ - distance;
  }
  into = SymbolId{symbols_[word]};
  if (notes_uses_) [[unlikely]]
    use(word);
  return true;
}

void BlockDecoder::use(std::size_t word) {
  Use& use = uses_[word];
  use.batch = static_cast<std::uint32_t>(batches_);
  if (!has_imports_ || !symbol_words_[word].has_dot || use.noted == use.batch) return;
  const std::uint32_t symbol = symbols_[word];
  if (note_global(words_.symbols.word(symbol), SymbolId{symbol})) use.noted = use.batch;
}

// Words that are used outside of the block's list, too.
std::uint32_t BlockDecoder::intern(std::string_view word) {
  bool is_new = false;
  const std::uint32_t id = words_.symbols.intern(word, is_new);
  used_.note(id, static_cast<std::uint32_t>(batches_));
  if (!is_new) return id;
  batch_->changes.add(id, word);
  return id;
}

// As EventBuilder::note_global does for the other forms. Whether there is such a module yet.
bool BlockDecoder::note_global(std::string_view word, SymbolId symbol) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == word.size()) return false;
  const auto module = words_.symbols.find(word.substr(0, dot));
  if (!module) return false;
  used_.note(*module, static_cast<std::uint32_t>(batches_));
  bool is_new = false;
  const std::string_view name = word.substr(dot + 1);
  const KeyId key{words_.keys.intern(name, is_new)};
  if (is_new) batch_->changes.keys.emplace_back(name);
  batch_->events.globals.push_back({symbol, SymbolId{*module}, key});
  return true;
}

bool BlockDecoder::begin_run() {
  run_.count = lines_.number();
  run_.line = last_line_ + static_cast<std::uint64_t>(unzigzag(lines_.number()));
  run_.step = static_cast<std::uint64_t>(unzigzag(lines_.number()));
  return !lines_.is_bad() && run_.count > 0;
}

bool BlockDecoder::read_lines() {
  EventBatch& out = batch_->events;
  for (std::size_t i = 0; i < out.events.size();) {
    if (run_.count == 0 && !begin_run()) return false;
    const std::uint64_t count = std::min<std::uint64_t>(run_.count, out.events.size() - i);
    const LineRun& run = out.line_runs.emplace_back(LineRun{out.first + i, count, run_.line, run_.step});
    last_line_ = run.line + (count - 1) * run.step;
    if (!has_lines(run)) return false;
    run_.line = last_line_ + run.step;
    run_.count -= count;
    i += count;
  }
  return true;
}

// Whether no line of the run is 0: lines count from 1. (Steps may be negative.)
bool BlockDecoder::has_lines(const LineRun& run) {
  const std::uint64_t last = run.line + (run.count - 1) * run.step;
  const bool goes_up = static_cast<std::int64_t>(run.step) >= 0;
  return run.line > 0 && last > 0 && (goes_up ? last >= run.line : last <= run.line);
}

void BlockDecoder::hand_out_expectations() {
  EventBatch& out = batch_->events;
  const EventIndex behind = first_ + next_event_;
  for (; next_expectation_ < expectations_.size(); ++next_expectation_) {
    const BlockExpectation& each = expectations_[next_expectation_];
    if (each.event >= behind) break;
    const std::uint64_t line = out.line(each.event - out.first) + static_cast<std::uint64_t>(each.line);
    out.expectations.push_back({each.event, std::string(each.text), line, each.column});
  }
}

void BlockDecoder::end_block() {
  if (events_ <= kBatchEvents) return;  // noted by intern_symbol_words
  for (std::size_t i = 0; i < symbols_.size(); ++i) used_.note(symbols_[i], uses_[i].batch);
}

void BlockDecoder::release(std::span<const SymbolId> words, std::uint64_t batch) {
  used_.release(words, batch, words_.symbols, pending_.released);
}

}  // namespace gcsim::trace
