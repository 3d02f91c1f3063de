// What the traced program itself tells its collector.
#include "gcsim/sweep/replays.h"

namespace gcsim::sweep {

namespace {

bool is_own_setting(trace::Op op) {
  return op == trace::Op::set_threshold || op == trace::Op::enable || op == trace::Op::disable;
}

class OwnSettingsReader final : public trace::Reader {
 public:
  OwnSettingsReader(std::unique_ptr<trace::Reader> reader, bool leaves_out, OwnSettings& found)
      : inner_(std::move(reader)), leaves_out_(leaves_out), found_(found) {}

  const trace::Header& header() const override { return inner_->header(); }
  trace::Vocabulary& vocabulary() override { return inner_->vocabulary(); }
  const trace::TraceError& error() const override { return inner_->error(); }
  void forget(std::span<const SymbolId> words) override { inner_->forget(words); }
  std::optional<std::uint64_t> line_of(EventIndex event) const override { return inner_->line_of(event); }
  Place locate(const trace::EventBatch& batch, std::size_t event, trace::Operand operand,
               std::uint32_t ordinal) const override {
    return inner_->locate(batch, event, operand, ordinal);
  }

  Status next(trace::EventBatch& batch) override {
    const Status status = inner_->next(batch);
    if (status == Status::fault) return status;
    for (std::size_t k = 0; k < batch.events.size(); ++k) {
      trace::Event& e = batch.events[k];
      if (!is_own_setting(e.op)) continue;
      if (found_.event == 0)
        found_ = {batch.first + k, inner_->locate(batch, k, trace::Operand::whole, 0).where.line};
      if (leaves_out_) {
        e = trace::Event{};
        e.op = trace::Op::gc_is_enabled;
      }
    }
    return status;
  }

 private:
  std::unique_ptr<trace::Reader> inner_;
  bool leaves_out_;
  OwnSettings& found_;
};

}  // namespace

std::unique_ptr<trace::Reader> with_own_settings(std::unique_ptr<trace::Reader> reader, bool leaves_out,
                                                 OwnSettings& found) {
  return std::make_unique<OwnSettingsReader>(std::move(reader), leaves_out, found);
}

}  // namespace gcsim::sweep
