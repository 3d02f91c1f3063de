#include "readers_side.h"

#include <charconv>
#include <memory>
#include <variant>

#include "decoded.h"
#include "measure.h"

namespace gcsim::bench {
namespace {

std::uint64_t number_of(SymbolId symbol, const trace::Vocabulary& vocabulary) {
  if (symbol == kNoSymbol) return 0;
  const std::string_view word = vocabulary.symbols.word(raw(symbol));
  std::uint64_t number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

std::uint64_t numbers_in(const trace::EventBatch& batch, const trace::Vocabulary& vocabulary) {
  std::uint64_t sum = 0;
  for (const trace::Event& e : batch.events) {
    sum += number_of(e.subject, vocabulary) + number_of(e.value, vocabulary);
    for (const std::uint32_t operand : batch.operands_of(e)) sum += number_of(SymbolId{operand}, vocabulary);
  }
  return sum;
}

void forget_unbound(const trace::EventBatch& batch, trace::Vocabulary& vocabulary) {
  for (const trace::Event& e : batch.events) {
    if (e.op != trace::Op::del) continue;
    for (const std::uint32_t name : batch.operands_of(e)) vocabulary.symbols.release(name);
  }
}

}  // namespace

namespace {

// Reads the whole trace and forgets its words as a replay does; `look` sees each batch and is not timed.
template <class Look>
void read_whole(const std::string& bytes, Decoding& d, Look&& look) {
  auto opened = trace::open(trace::memory_source(bytes), "trace");
  if (auto* error = std::get_if<trace::TraceError>(&opened)) fail(trace::format(*error));
  trace::Reader& reader = *std::get<std::unique_ptr<trace::Reader>>(opened);
  d.seconds = 0;
  d.events = 0;
  trace::EventBatch batch;
  for (;;) {
    const double start = process_seconds();
    const trace::Reader::Status status = reader.next(batch);
    if (status == trace::Reader::Status::fault) fail(trace::format(reader.error()));
    d.seconds += process_seconds() - start;
    d.events += batch.events.size();
    look(batch, reader.vocabulary());
    const double forgetting = process_seconds();
    forget_unbound(batch, reader.vocabulary());
    d.seconds += process_seconds() - forgetting;
    if (status == trace::Reader::Status::end) return;
  }
}

}  // namespace

// The sum shows that all parsers find the same; it is made in a reading of its own. With dense numbers nobody
// needs it, and to ask for the text of each word would make them all have one.
Decoding decode_with_gcsim(const std::string& bytes) {
  Decoding d;
  read_whole(bytes, d, [&d](const trace::EventBatch& batch, const trace::Vocabulary& vocabulary) {
    d.sum += numbers_in(batch, vocabulary);
  });
  read_whole(bytes, d, [](const trace::EventBatch&, const trace::Vocabulary&) {});
  return d;
}

}  // namespace gcsim::bench
