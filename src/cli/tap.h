// A reader that shows each batch to a listener before anybody applies it.
#pragma once

#include <functional>
#include <utility>

#include "gcsim/trace/reader.h"

namespace gcsim::cli {

class Tap : public trace::Reader {
 public:
  using Listener = std::function<void(const trace::EventBatch&)>;

  Tap(trace::Reader& reader, Listener listener) : reader_(reader), listener_(std::move(listener)) {}

  const trace::Header& header() const override { return reader_.header(); }
  trace::Vocabulary& vocabulary() override { return reader_.vocabulary(); }
  Status next(trace::EventBatch& batch) override {
    const Status status = reader_.next(batch);
    if (status != Status::fault) listener_(batch);
    return status;
  }
  const trace::TraceError& error() const override { return reader_.error(); }
  Place locate(const trace::EventBatch& batch, std::size_t event, trace::Operand operand,
               std::uint32_t ordinal) const override {
    return reader_.locate(batch, event, operand, ordinal);
  }
  std::optional<std::uint64_t> line_of(EventIndex event) const override { return reader_.line_of(event); }

 private:
  trace::Reader& reader_;
  Listener listener_;
};

}  // namespace gcsim::cli
