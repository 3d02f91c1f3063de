#include "binary_writer.h"

#include "json_writer.h"

namespace gcsim::trace {

using namespace binary;

namespace {

// Levels above cost much time here and gain little.
constexpr int kLevel = 3;

void put_fixed(std::string& out, std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 0xff);
}

std::uint8_t fields_of(const Row& row, const Event& e) {
  const SymbolId own_name = row.binds_subject ? e.subject : kNoSymbol;
  unsigned fields = 0;
  if (e.subject != kNoSymbol) fields |= kSubject;
  if (e.value != kNoSymbol) fields |= kValue;
  if (e.name != own_name) fields |= kName;
  if (e.key != kNoKey) fields |= kKey;
  if (e.number != row.absent_number) fields |= kNumber;
  if (e.operand_count != 0) fields |= kOperands;
  if (raw(e.type) != 0) fields |= kType;
  if (e.flags != 0) fields |= kFlags;
  // Always written, even where they are what they would be without.
  fields |= row.required & (kNumber | kType);
  return static_cast<std::uint8_t>(fields & ~row.derived);
}

}  // namespace

std::pair<std::uint32_t, bool> BinaryWriter::Locals::number_of(std::uint32_t word) {
  if (word >= entries_.size()) entries_.resize(word + 1 + entries_.size() / 2);
  Entry& entry = entries_[word];
  if (entry.block == block_) return {entry.number, false};
  entry = {block_, size_++};
  return {entry.number, true};
}

void BinaryWriter::Locals::clear() {
  ++block_;
  size_ = 0;
}

void BinaryWriter::emit(BlockHead head, std::string_view contents, bool may_compress) {
  const std::string block = pack(head, contents, may_compress, kLevel);
  put_fixed(checksums_, checksum(std::string_view(block).substr(BlockHead::kBytes)));
  output_(block);
  offset_ += block.size();
}

std::optional<Unsayable> BinaryWriter::begin(const Header& header) {
  std::string preamble(kMagic);
  preamble += kVersion;
  preamble.append(kPreamble - preamble.size(), '\0');
  output_(preamble);
  offset_ = preamble.size();
  std::string contents(1, static_cast<char>(header.written_as));
  append_json_header(contents, header, words_);
  contents += '}';
  BlockHead head;
  head.kind = BlockKind::header;
  emit(head, contents, true);
  return std::nullopt;
}

// An expectation stands in the block of its event, though the reader may hand it out in a later batch.
std::optional<Unsayable> BinaryWriter::write(const EventBatch& batch) {
  auto next = batch.expectations.begin();
  for (std::size_t i = 0; i < batch.events.size(); ++i) {
    for (; next != batch.expectations.end() && next->event < batch.first + i; ++next) expectation(*next);
    if (is_block_full()) close_block();
    event(batch.events[i], batch.operands_of(batch.events[i]));
    block_.lines.push_back(batch.line(i));
  }
  events_ += batch.events.size();
  for (; next != batch.expectations.end(); ++next) expectation(*next);
  if (block_.bytes() + types().size() <= kMaxBlockBytes / 2) return std::nullopt;
  return Unsayable{events_, "at most 128 MB of types, of expectations of one event", "more"};
}

std::size_t BinaryWriter::Block::bytes() const {
  return operations.size() + references.size() + numbers.size() + symbol_words.size() + key_words.size() +
         literal_words.size() + expectations.size();
}

// Each block has a list of all types: where there are many it has more events, too.
bool BinaryWriter::is_block_full() const {
  const std::size_t events = block_events_ * (1 + words_.types().size() / kTypesOfBlock);
  return block_.lines.size() >= events || block_.bytes() >= kBlockBytes;
}

void BinaryWriter::close_block() {
  std::string contents(1, block_.has_imports ? '\1' : '\0');
  put_number(contents, block_.prefixes.capacity());
  for (std::uint32_t i = 0; i < block_.prefixes.capacity(); ++i) put_word(contents, block_.prefixes.word(i));
  contents += types();
  const auto table = [&contents](std::size_t count, const std::string& entries) {
    put_number(contents, count);
    put_word(contents, entries);
  };
  table(keys_.size(), block_.key_words);
  table(literals_.size(), block_.literal_words);
  table(block_.symbols.capacity(), block_.symbol_words);
  put_word(contents, line_runs());
  table(block_.expectation_count, block_.expectations);
  put_word(contents, block_.references);
  put_word(contents, block_.numbers);
  contents += block_.operations;

  put_number(index_, offset_ - last_offset_);
  put_number(index_, block_.lines.size());
  last_offset_ = offset_;
  BlockHead head;
  head.kind = BlockKind::events;
  head.events = static_cast<std::uint32_t>(block_.lines.size());
  head.first = block_.first;
  emit(head, contents, true);

  const EventIndex next = block_.first + block_.lines.size();
  block_ = Block{};
  block_.first = next;
  block_.has_imports = has_imports_;
  keys_.clear();
  literals_.clear();
}

// Those that are neither built in nor declared as classes: each block lists them all, to be read alone.
std::string BinaryWriter::types() const {
  std::string entries;
  std::size_t count = 0;
  for (std::size_t i = kBuiltinTypes; i < words_.types().size(); ++i) {
    const TypeDecl& type = words_.types()[i];
    if (type.kind == Kind::instance) continue;
    entries += type.kind == Kind::exception ? '\1' : '\0';
    put_word(entries, type.name);
    ++count;
  }
  std::string out;
  put_number(out, count);
  return out + entries;
}

// Events that are equally far apart are one run: how many, how far the first is from the last event before
// it, how far they are from each other.
std::string BinaryWriter::line_runs() const {
  std::string out;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < block_.lines.size();) {
    const std::uint64_t first = block_.lines[i];
    const std::uint64_t step = i + 1 < block_.lines.size() ? block_.lines[i + 1] - first : 0;
    std::size_t end = i + 1;
    while (end < block_.lines.size() && block_.lines[end] - block_.lines[end - 1] == step) ++end;
    put_number(out, end - i);
    put_number(out, zigzag(static_cast<std::int64_t>(first - last)));
    put_number(out, zigzag(static_cast<std::int64_t>(step)));
    last = block_.lines[end - 1];
    i = end;
  }
  return out;
}

// REQUIRES: it is about the last event.
void BinaryWriter::expectation(const Expectation& each) {
  std::string& out = block_.expectations;
  put_number(out, each.event - block_.first);
  put_number(out, zigzag(static_cast<std::int64_t>(each.line - block_.lines.back())));
  put_number(out, each.column);
  put_word(out, each.text);
  ++block_.expectation_count;
  ++expectations_;
}

void BinaryWriter::event(const Event& e, std::span<const std::uint32_t> items) {
  const Row& row = kRows[static_cast<std::size_t>(e.op)];
  const std::uint8_t present = fields_of(row, e);
  const bool is_usual = present == row.usual;
  block_.operations += static_cast<char>(static_cast<unsigned>(e.op) | (is_usual ? 0u : kUnusual));
  if (!is_usual) block_.operations += static_cast<char>(present);
  fields(row, e, present);
  if ((present & kOperands) != 0) operands(row, items);
  has_imports_ = has_imports_ || e.op == Op::import_module || e.op == Op::import_from;
}

void BinaryWriter::fields(const Row& row, const Event& e, std::uint8_t present) {
  if ((present & kSubject) != 0) symbol(raw(e.subject), row.subject_is_new);
  if ((present & kType) != 0) put_number(block_.operations, raw(e.type));
  if ((present & kKey) != 0) key(row, e);
  if ((present & kValue) != 0) symbol(raw(e.value), false);
  if ((present & kName) != 0) symbol(raw(e.name), false);
  if ((present & kNumber) != 0) put_number(block_.numbers, e.number);
  if ((present & kFlags) != 0) block_.numbers += static_cast<char>(e.flags);
}

void BinaryWriter::operands(const Row& row, std::span<const std::uint32_t> items) {
  put_number(block_.operations, items.size());
  for (const std::uint32_t item : items) {
    if (row.items == Items::numbers) {
      put_number(block_.numbers, zigzag(static_cast<std::int32_t>(item)));
    } else {
      symbol(item, false);
    }
  }
}

void BinaryWriter::key(const Row& row, const Event& e) {
  const std::uint32_t word = row.has_literal ? raw(e.literal) : raw(e.key);
  const auto [number, is_new] = (row.has_literal ? literals_ : keys_).number_of(word);
  put_number(block_.numbers, number);
  if (!is_new) return;
  if (!row.has_literal) return put_word(block_.key_words, words_.keys.word(word));
  const Literal& literal = words_.literals()[word];
  block_.literal_words += static_cast<char>(literal.kind);
  put_word(block_.literal_words, literal.text);
}

// 0: the next word of the block's list. 1: None. 2: the newest word that was met, 3: the one before it, ..
void BinaryWriter::symbol(std::uint32_t symbol, bool is_new_object) {
  if (SymbolId{symbol} == words_.none()) return put_number(block_.references, 1);
  const std::string_view word = words_.symbols.word(symbol);
  bool is_new = false;
  const std::uint32_t number = block_.symbols.intern(word, is_new);
  put_number(block_.references, is_new ? 0 : block_.symbols.capacity() - number + 1);
  if (is_new) new_symbol(word, is_new_object);
}

// 0 and the word; or 1 + its prefix and the distance of its number from the one that comes next, which moves
// on behind the IDs of new objects.
void BinaryWriter::new_symbol(std::string_view word, bool is_new_object) {
  constexpr std::size_t kMostPrefixes = 64;
  std::string& out = block_.symbol_words;
  const auto split = split_number(word);
  const auto known = split ? block_.prefixes.find(split->prefix) : std::nullopt;
  if (!split || (!known && block_.prefixes.capacity() == kMostPrefixes)) {
    out += '\0';
    return put_word(out, word);
  }
  put_number(out, block_.prefixes.intern(split->prefix) + 1);
  const std::uint64_t expected = block_.next_number;
  const bool moves = is_new_object || split->number >= expected;
  if (moves) block_.next_number = split->number + 1;
  if (split->number == expected) return put_number(out, 0);
  const std::uint64_t distance = zigzag(static_cast<std::int64_t>(split->number - expected));
  put_number(out, 1 + (distance << 1 | (moves ? 1u : 0u)));
}

void BinaryWriter::finish() {
  if (!block_.lines.empty() || block_.expectation_count > 0) close_block();
  const std::uint64_t index_at = offset_;
  BlockHead head;
  head.kind = BlockKind::index;
  emit(head, index_, true);
  std::string contents;
  put_fixed(contents, events_);
  put_fixed(contents, expectations_);
  put_fixed(contents, index_at);
  put_fixed(contents, checksum(checksums_));
  head.kind = BlockKind::trailer;
  emit(head, contents, false);
}

}  // namespace gcsim::trace
