#include "gcsim/trace/vocabulary.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <utility>

namespace gcsim::trace {

namespace {

constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15u;

std::uint64_t load(const char* from, std::size_t size) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, size);
  return word;
}

// IDs are short and often differ in their last digit only, so every byte has to reach the upper half.
std::uint32_t hash_of(std::string_view word) {
  const char* at = word.data();
  std::size_t left = word.size();
  std::uint64_t hash = left * kMultiplier;
  for (; left > 8; at += 8, left -= 8) {
    hash = (hash ^ load(at, 8)) * kMultiplier;
    hash ^= hash >> 32;
  }
  // Two overlapping loads of fixed size are much faster than one of variable size.
  std::uint64_t tail = 0;
  if (left >= 4) {
    tail = load(at, 4) | load(at + left - 4, 4) << 32;
  } else if (left > 0) {
    const auto byte = [at](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
    tail = byte(0) | byte(left / 2) << 8 | byte(left - 1) << 16;
  }
  hash = (hash ^ tail) * kMultiplier;
  hash = (hash ^ hash >> 32) * kMultiplier;
  return static_cast<std::uint32_t>(hash >> 32);
}

constexpr std::uint32_t number_in(std::uint64_t slot) {
  return static_cast<std::uint32_t>(slot) - 1;
}
constexpr std::uint32_t hash_in(std::uint64_t slot) {
  return static_cast<std::uint32_t>(slot >> 32);
}
constexpr std::uint64_t make_slot(std::uint32_t hash, std::uint32_t number) {
  return std::uint64_t{hash} << 32 | (number + 1);
}

}  // namespace

void WordTable::set_text(std::uint32_t id, std::string_view word) const {
  Entry& e = entry(id);
  if (word.size() > e.bytes.size()) {
    e.size = Entry::kLarge;
    large_[id] = word;
    return;
  }
  e.size = static_cast<std::uint8_t>(word.size());
  std::copy(word.begin(), word.end(), e.bytes.begin());
}

// REQUIRES: the word has one.
std::string_view WordTable::text_of(std::uint32_t id) const {
  const Entry& e = entry(id);
  if (e.size == Entry::kLarge) return large_.find(id)->second;
  return {e.bytes.data(), e.size};
}

// False: the word is none of a series. "07" and "a07" are not, since 7 is written otherwise.
bool WordTable::split(std::string_view word, Numbered& into) {
  constexpr std::size_t kMostDigits = 10;
  const auto is_digit = [word](std::size_t i) { return word[i] >= '0' && word[i] <= '9'; };
  std::size_t begin = word.size();
  while (begin > 0 && is_digit(begin - 1)) --begin;
  const std::size_t digits = word.size() - begin;
  if (digits == 0 || digits > kMostDigits || (word[begin] == '0' && digits > 1)) return false;
  std::uint64_t number = 0;
  for (std::size_t i = begin; i < word.size(); ++i)
    number = number * 10 + static_cast<unsigned>(word[i] - '0');
  if (number >> 32 != 0) return false;
  into = {word.substr(0, begin), static_cast<std::uint32_t>(number)};
  return true;
}

// Where the prefix stands in series_by_hash_, or the empty place where it belongs.
std::size_t WordTable::series_place(std::string_view prefix) const {
  std::size_t at = hash_of(prefix) % series_by_hash_.size();
  while (series_by_hash_[at] != 0 && series_[series_by_hash_[at] - 1u].prefix != prefix)
    at = (at + 1) % series_by_hash_.size();
  return at;
}

WordTable::Series WordTable::series_of(std::string_view prefix) {
  if (!prefix.empty() && prefix.back() >= '0' && prefix.back() <= '9') return kNoSeries;
  Series& known = series_by_hash_[series_place(prefix)];
  if (known != 0) return static_cast<Series>(known - 1);
  if (series_.size() == kMostSeries) return kNoSeries;
  series_.push_back({std::string(prefix), {}});
  known = static_cast<Series>(series_.size());
  return static_cast<Series>(known - 1);
}

std::vector<std::string_view> WordTable::prefixes() const {
  std::vector<std::string_view> prefixes;
  for (const Numbers& each : series_) prefixes.push_back(each.prefix);
  return prefixes;
}

// The slot that holds the word, or the empty one where it belongs. REQUIRES: there is an empty slot.
std::size_t WordTable::probe(std::string_view word, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != 0) {
    if (hash_in(slots_[at]) == hash && text_of(number_in(slots_[at])) == word) break;
    at = (at + 1) & mask;
  }
  return at;
}

void WordTable::grow() const {
  std::vector<std::uint64_t> old(slots_.empty() ? 256 : slots_.size() * 2, 0);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const std::uint64_t slot : old) {
    if (slot == 0) continue;
    std::size_t at = hash_in(slot) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::uint32_t WordTable::new_number() {
  if (capacity_ % kBlock == 0) blocks_.push_back(std::make_unique<Entry[]>(kBlock));
  return static_cast<std::uint32_t>(capacity_++);
}

std::uint32_t WordTable::intern(std::string_view word) {
  bool is_new = false;
  return intern(word, is_new);
}

std::uint32_t WordTable::intern(std::string_view word, bool& is_new) {
  Numbered numbered;
  if (split(word, numbered)) {
    const Series series = series_of(numbered.prefix);
    if (series != kNoSeries) return intern(series, numbered.number, is_new);
  }
  if ((linked_ + 1) * 2 > slots_.size()) grow();
  const std::uint32_t hash = hash_of(word);
  const std::size_t at = probe(word, hash);
  is_new = slots_[at] == 0;
  if (!is_new) return number_in(slots_[at]);
  const std::uint32_t number = take_number();
  set_text(number, word);
  slots_[at] = make_slot(hash, number);
  ++linked_;
  return number;
}

std::optional<std::uint32_t> WordTable::find(std::string_view word) const {
  if (!has_index_) {
    has_index_ = true;
    for (std::uint32_t id = 0; id < capacity_; ++id) {
      if (entry(id).size != Entry::kUnused) link(id);
    }
  }
  Numbered numbered;
  if (split(word, numbered)) {
    if (const Series known = series_by_hash_[series_place(numbered.prefix)]; known != 0) {
      const std::uint32_t id = series_[known - 1u].ids.find(numbered.number);
      if (id != NumberTable::kNone) return id;
      return std::nullopt;
    }
  }
  if (slots_.empty()) return std::nullopt;
  const std::uint64_t slot = slots_[probe(word, hash_of(word))];
  if (slot == 0) return std::nullopt;
  return number_in(slot);
}

std::string_view WordTable::word(std::uint32_t id) const {
  if (entry(id).size == Entry::kNumber) make_text(id);
  return text_of(id);
}

void WordTable::make_text(std::uint32_t id) const {
  constexpr std::size_t kMostDigits = 10;
  std::string text = series_[entry(id).series].prefix;
  const std::size_t digits = text.size();
  const std::uint32_t number = number_of(id);
  text.resize(digits + kMostDigits);
  const auto end = std::to_chars(text.data() + digits, text.data() + text.size(), number).ptr;
  set_text(id, {text.data(), static_cast<std::size_t>(end - text.data())});
}

std::uint32_t WordTable::number_in_text(std::uint32_t id) const {
  Numbered numbered;
  split(text_of(id), numbered);
  return numbered.number;
}

void WordTable::unlink(std::uint32_t id) {
  if (const Series series = entry(id).series; series != kNoSeries) {
    series_[series].ids.erase(number_of(id));
    return;
  }
  const std::string_view gone = text_of(id);
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = probe(gone, hash_of(gone));
  // As NumberTable::erase.
  for (std::size_t at = (hole + 1) & mask; slots_[at] != 0; at = (at + 1) & mask) {
    const std::size_t home = hash_in(slots_[at]) & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = 0;
  --linked_;
}

// REQUIRES: the word is not linked.
void WordTable::link(std::uint32_t id) const {
  if (const Series series = entry(id).series; series != kNoSeries) {
    series_[series].ids.find_or_add(number_of(id), [id] { return id; });
    return;
  }
  if ((linked_ + 1) * 2 > slots_.size()) grow();
  const std::uint32_t hash = hash_of(text_of(id));
  slots_[probe(text_of(id), hash)] = make_slot(hash, id);
  ++linked_;
}

void WordTable::follow(std::uint32_t id, std::string_view word) {
  if (!follows_) begin_to_follow();
  while (capacity_ <= id) new_number();
  Numbered numbered;
  const Series series = split(word, numbered) ? series_of(numbered.prefix) : kNoSeries;
  if (series == kNoSeries) {
    set_text(id, word);
  } else {
    entry(id).assign(series, numbered.number);
  }
  if (has_index_) link(id);
}

void WordTable::begin_to_follow() {
  follows_ = true;
  has_index_ = false;
  slots_.clear();
  linked_ = 0;
  for (Numbers& each : series_) each.ids = {};
}

Vocabulary::Vocabulary() : none_{symbols.intern("None")} {
  const std::pair<const char*, Kind> builtin[kBuiltinTypes] = {
      {"NoneType", Kind::none},       {"int", Kind::integer},
      {"float", Kind::floating},      {"str", Kind::string},
      {"list", Kind::list},           {"tuple", Kind::tuple},
      {"dict", Kind::dict},           {"set", Kind::set},
      {"weakref", Kind::weakref},     {"module", Kind::module},
      {"function", Kind::function},   {"frame", Kind::frame},
      {"traceback", Kind::traceback}, {"generator", Kind::generator},
  };
  for (const auto& [name, kind] : builtin) {
    const TypeId id{static_cast<std::uint16_t>(types_.size())};
    TypeDecl& type = types_.emplace_back();
    type.name = name;
    type.kind = kind;
    const bool is_named = (kind > Kind::none && kind < Kind::weakref) || kind == Kind::function;
    if (is_named) name_type(name, id);
  }
  for (const char* key : {"__name__", "__doc__", "__package__", "__builtins__", "__file__"}) keys.intern(key);
}

void Vocabulary::name_type(std::string_view name, TypeId type) {
  type_names_.intern(name);
  type_ids_.push_back(type);
}

const std::vector<TypeDecl>& Vocabulary::types() const {
  return types_;
}

TypeId Vocabulary::declare(TypeDecl type) {
  const TypeId id{static_cast<std::uint16_t>(types_.size())};
  name_type(type.name, id);
  types_.push_back(std::move(type));
  return id;
}

std::optional<TypeId> Vocabulary::find_type(std::string_view name) const {
  const auto number = type_names_.find(name);
  if (!number) return std::nullopt;
  return type_ids_[*number];
}

std::optional<TypeId> Vocabulary::find_exception(std::string_view name) {
  for (const TypeId known : exceptions_) {
    if (types_[raw(known)].name == name) return known;
  }
  if (std::find(std::begin(kExceptionNames), std::end(kExceptionNames), name) == std::end(kExceptionNames))
    return std::nullopt;
  const TypeId id{static_cast<std::uint16_t>(types_.size())};
  TypeDecl& type = types_.emplace_back();
  type.name = name;
  type.kind = Kind::exception;
  exceptions_.push_back(id);
  return id;
}

LiteralId Vocabulary::intern(const Literal& literal) {
  return intern(literal.kind, literal.text);
}

LiteralId Vocabulary::intern(Kind kind, std::string_view text) {
  literal_key_.assign(1, static_cast<char>(kind));
  literal_key_.append(text);
  const std::uint32_t number = literal_keys_.intern(literal_key_);
  if (number == literals_.size()) literals_.push_back({kind, std::string(text)});
  return LiteralId{number};
}

const std::vector<Literal>& Vocabulary::literals() const {
  return literals_;
}

}  // namespace gcsim::trace
