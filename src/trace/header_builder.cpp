#include "header_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "event_builder.h"
#include "words.h"

namespace gcsim::trace {

namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMinInt = std::numeric_limits<std::int32_t>::min();

}  // namespace

bool HeaderBuilder::fail(Fault fault, std::size_t offset, std::string expected, std::string got,
                         std::string note) {
  return fail({fault, offset, std::move(expected), std::move(got), std::move(note)});
}

bool HeaderBuilder::fail(Problem problem) {
  problem_ = std::move(problem);
  return false;
}

bool HeaderBuilder::once(const Piece& word) {
  if (std::find(given_.begin(), given_.end(), word.text) != given_.end()) {
    return fail(Fault::duplicate_header, word.offset, quoted(word.text) + " only once", "a second one");
  }
  given_.emplace_back(word.text);
  return true;
}

bool HeaderBuilder::version(const Piece& number) {
  if (number.text == "1") return true;
  return fail(Fault::unsupported_version, number.offset, "version 1", quoted(number.text),
              "this program reads traces of version 1 only");
}

bool HeaderBuilder::profile(const Piece& name) {
  header_.profile = std::string(name.text);
  profile_offset_ = name.offset;
  return true;
}

bool HeaderBuilder::threshold(const std::vector<Piece>& numbers) {
  for (const Piece& word : numbers) {
    std::int64_t number = 0;
    if (!read_number(word, kMinInt, kMaxInt, number, problem_)) return false;
    header_.threshold.push_back(static_cast<std::int32_t>(number));
  }
  return true;
}

bool HeaderBuilder::count(const std::vector<Piece>& numbers) {
  header_.count.emplace();
  for (std::size_t i = 0; i < header_.count->size(); ++i) {
    std::int64_t number = 0;
    if (!read_number(numbers[i], 0, kMaxInt, number, problem_)) return false;
    (*header_.count)[i] = static_cast<std::int32_t>(number);
  }
  return true;
}

// "list" or "tuple[2]".
bool HeaderBuilder::free_list(const Piece& name, const Piece& held) {
  FreeListFill fill;
  std::int64_t number = 0;
  const std::size_t bracket = std::min(name.text.find('['), name.text.size());
  fill.type = name.text.substr(0, bracket);
  if (bracket < name.text.size()) {
    std::string_view length = name.text.substr(bracket + 1);
    if (length.empty() || length.back() != ']' || fill.type.empty()) {
      return fail(Fault::malformed_text, name.offset, "TYPE or TYPE[LENGTH]", quoted(name.text));
    }
    length.remove_suffix(1);
    if (!read_number({length, name.offset}, 0, kMaxInt, number, problem_)) return false;
    fill.length = static_cast<std::uint32_t>(number);
  }
  if (fill.type.empty()) return fail(Fault::malformed_text, name.offset, "TYPE or TYPE[LENGTH]", "''");
  if (!read_number(held, 0, kMaxInt, number, problem_)) return false;
  fill.held = static_cast<std::uint32_t>(number);
  const auto is_same = [&fill](const FreeListFill& other) {
    return other.type == fill.type && other.length == fill.length;
  };
  if (std::any_of(header_.free_lists.begin(), header_.free_lists.end(), is_same)) {
    return fail(Fault::duplicate_header, name.offset, quoted(name.text) + " only once", "a second one");
  }
  header_.free_lists.push_back(std::move(fill));
  return true;
}

bool HeaderBuilder::long_lived_total(const Piece& number) {
  std::int64_t value = 0;
  if (!read_number(number, 0, std::numeric_limits<std::int64_t>::max(), value, problem_)) return false;
  header_.long_lived_total = static_cast<std::uint64_t>(value);
  return true;
}

bool HeaderBuilder::tracking(const Piece& word) {
  header_.explicit_tracking = word.text == "explicit";
  if (header_.explicit_tracking || word.text == "automatic") return true;
  return fail(Fault::wrong_value_type, word.offset, "explicit or automatic", quoted(word.text));
}

bool HeaderBuilder::available_slots(const std::vector<Piece>& numbers) {
  for (const Piece& word : numbers) {
    const std::int64_t least = header_.available_slots.empty() ? 1 : 0;
    std::int64_t number = 0;
    if (!read_number(word, least, kMaxSlots, number, problem_)) return false;
    header_.available_slots.push_back(static_cast<std::uint32_t>(number));
  }
  return true;
}

bool HeaderBuilder::recording(const Piece& word) {
  header_.is_approximate = word.text == "approximate";
  if (header_.is_approximate) header_.explicit_tracking = true;
  if (header_.is_approximate || word.text == "exact") return true;
  return fail(Fault::wrong_value_type, word.offset, "approximate or exact", quoted(word.text));
}

bool HeaderBuilder::interval(const Piece& number) {
  std::int64_t value = 0;
  if (!read_number(number, 1, kMaxInt, value, problem_)) return false;
  header_.interval = static_cast<std::uint32_t>(value);
  return true;
}

bool HeaderBuilder::observed(const Piece& part, const std::vector<Piece>& numbers) {
  constexpr std::string_view kParts[] = {"threshold", "collections", "collected"};
  if (std::find(std::begin(kParts), std::end(kParts), part.text) == std::end(kParts))
    return fail(Fault::surplus_field, part.offset, "threshold, collections or collected", quoted(part.text));
  if (std::find(observed_.begin(), observed_.end(), part.text) != observed_.end())
    return fail(Fault::duplicate_header, part.offset, quoted(part.text) + " only once", "a second one");
  observed_.emplace_back(part.text);
  if (!header_.observed) header_.observed.emplace();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool is_threshold = part.text == "threshold";
    std::int64_t number = 0;
    if (!read_number(numbers[i], is_threshold ? kMinInt : 0,
                     is_threshold ? kMaxInt : std::numeric_limits<std::int64_t>::max(), number, problem_))
      return false;
    if (is_threshold) header_.observed->threshold[i] = static_cast<std::int32_t>(number);
    if (part.text == "collections") header_.observed->collections[i] = static_cast<std::uint64_t>(number);
    if (part.text == "collected") header_.observed->collected[i] = static_cast<std::uint64_t>(number);
  }
  return true;
}

bool HeaderBuilder::observed_all(std::size_t offset) {
  if (observed_.size() == 3) return true;
  return fail(Fault::missing_field, offset, "threshold, collections and collected of what was observed",
              "fewer");
}

bool HeaderBuilder::slots(const ClassWords& words, TypeDecl& type) {
  std::vector<Piece> sorted = words.slots;
  for (const Piece& slot : sorted) {
    if (!is_identifier(slot.text)) {
      return fail(Fault::malformed_text, slot.offset, "the name of a slot", quoted(slot.text));
    }
    if (slot.text == "__dict__" || slot.text == "__weakref__") {
      return fail(Fault::malformed_text, slot.offset, "the name of a slot", quoted(slot.text),
                  "slots named __dict__ and __weakref__ are not simulated");
    }
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Piece& a, const Piece& b) { return a.text < b.text; });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                        [](const Piece& a, const Piece& b) { return a.text == b.text; });
  if (twice != sorted.end()) {
    const Piece& second = *std::next(twice);
    return fail(Fault::duplicate_header, second.offset, quoted(second.text) + " only once", "a second one");
  }
  for (const Piece& slot : sorted) type.slots.push_back(KeyId{vocabulary_.keys.intern(slot.text)});
  return true;
}

bool HeaderBuilder::declare(const ClassWords& words) {
  const Piece& name = words.name;
  if (!is_id(name.text) || name.text == "None") {
    return fail(Fault::malformed_text, name.offset, "the name of a class", quoted(name.text));
  }
  if (const auto known = vocabulary_.find_type(name.text)) {
    const bool is_builtin = static_cast<std::size_t>(*known) < kBuiltinTypes;
    return fail(Fault::duplicate_header, name.offset, "a name that is not taken yet", quoted(name.text),
                is_builtin ? "it is a built-in type" : "it is declared already");
  }
  if (vocabulary_.types().size() >= kMaxTypes) {
    return fail(Fault::number_out_of_range, name.offset, "at most " + std::to_string(kMaxTypes) + " types",
                "one more");
  }
  TypeDecl type;
  type.name = name.text;
  type.kind = Kind::instance;
  type.finalizer = words.finalizer;
  type.has_slots = words.has_slots;
  if (!slots(words, type)) return false;
  vocabulary_.declare(std::move(type));
  return true;
}

}  // namespace gcsim::trace
