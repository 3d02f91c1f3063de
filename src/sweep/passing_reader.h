// A reader that passes on what another one reads. For those that change some events on the way.
#pragma once

#include <memory>
#include <utility>

#include "gcsim/trace/reader.h"

namespace gcsim::sweep {

class PassingReader : public trace::Reader {
 public:
  explicit PassingReader(std::unique_ptr<trace::Reader> inner) : inner_(std::move(inner)) {}

  const trace::Header& header() const final { return inner_->header(); }
  trace::Vocabulary& vocabulary() final { return inner_->vocabulary(); }
  const trace::TraceError& error() const final { return inner_->error(); }
  void forget(std::span<const SymbolId> words) final { inner_->forget(words); }
  void close() final { inner_->close(); }
  std::optional<std::uint64_t> line_of(EventIndex event) const final { return inner_->line_of(event); }
  Place locate(const trace::EventBatch& batch, std::size_t event, trace::Operand operand,
               std::uint32_t ordinal) const final {
    return inner_->locate(batch, event, operand, ordinal);
  }
  Status next(trace::EventBatch& batch) final {
    const Status status = inner_->next(batch);
    if (status != Status::fault) change(batch);
    return status;
  }

 private:
  virtual void change(trace::EventBatch& batch) = 0;

  std::unique_ptr<trace::Reader> inner_;
};

// An event without consequences, in the place of one that is left out.
inline trace::Event left_out() {
  trace::Event e;
  e.op = trace::Op::gc_is_enabled;
  return e;
}

}  // namespace gcsim::sweep
