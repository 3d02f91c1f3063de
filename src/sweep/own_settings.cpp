// What the traced program itself tells its collector.
#include "gcsim/sweep/replays.h"
#include "passing_reader.h"

namespace gcsim::sweep {

namespace {

bool is_own_setting(trace::Op op) {
  return op == trace::Op::set_threshold || op == trace::Op::enable || op == trace::Op::disable;
}

class OwnSettingsReader final : public PassingReader {
 public:
  OwnSettingsReader(std::unique_ptr<trace::Reader> reader, bool leaves_out, OwnSettings& found)
      : PassingReader(std::move(reader)), leaves_out_(leaves_out), found_(found) {}

 private:
  void change(trace::EventBatch& batch) override {
    for (std::size_t k = 0; k < batch.events.size(); ++k) {
      trace::Event& e = batch.events[k];
      if (!is_own_setting(e.op)) continue;
      if (found_.event == 0)
        found_ = {batch.first + k, locate(batch, k, trace::Operand::whole, 0).where.line};
      if (leaves_out_) e = left_out();
    }
  }

  bool leaves_out_;
  OwnSettings& found_;
};

}  // namespace

std::unique_ptr<trace::Reader> with_own_settings(std::unique_ptr<trace::Reader> reader, bool leaves_out,
                                                 OwnSettings& found) {
  return std::make_unique<OwnSettingsReader>(std::move(reader), leaves_out, found);
}

}  // namespace gcsim::sweep
