#include "conversion.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "gcsim/trace/writer.h"
#include "messages.h"

namespace gcsim::cli {

namespace {

// Nobody holds on to the words of a trace that is only passed on: without this, memory would grow with it.
class PassedWords {
 public:
  void forget(const trace::EventBatch& batch, trace::Reader& reader) {
    words_.clear();
    for (const trace::Event& e : batch.events) {
      for (const SymbolId word : {e.subject, e.value, e.name}) words_.push_back(word);
      if (trace::has_number_operands(e.op)) continue;
      for (const std::uint32_t word : batch.operands_of(e)) words_.push_back(SymbolId{word});
    }
    std::sort(words_.begin(), words_.end());
    words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
    std::erase_if(words_,
                  [&](SymbolId word) { return word == kNoSymbol || word == reader.vocabulary().none(); });
    reader.forget(words_);
  }

 private:
  std::vector<SymbolId> words_;
};

class Conversion {
 public:
  Conversion(std::string name, std::unique_ptr<trace::Reader> reader, std::unique_ptr<trace::Writer> writer)
      : name_(std::move(name)), reader_(std::move(reader)), writer_(std::move(writer)) {}

  // Whether the whole trace was written.
  ExitStatus run() {
    if (const auto unsayable = writer_->begin(reader_->header())) return refuse(*unsayable);
    for (;;) {
      const trace::Reader::Status status = reader_->next(batch_);
      if (status == trace::Reader::Status::fault) return report_fault(reader_->error());
      if (const auto unsayable = writer_->write(batch_)) return refuse(*unsayable);
      words_.forget(batch_, *reader_);
      if (status == trace::Reader::Status::end) break;
    }
    writer_->finish();
    return ExitStatus::fine;
  }

 private:
  ExitStatus refuse(const trace::Unsayable& what) const {
    trace::TraceError error;
    error.where.file = name_;
    const bool is_here = what.event >= batch_.first && what.event < batch_.first + batch_.events.size();
    if (is_here) {
      auto place = reader_->locate(batch_, what.event - batch_.first, trace::Operand::whole, 0);
      error.where = std::move(place.where);
      error.source = std::move(place.source);
      error.source_column = place.source_column;
    }
    error.fault = trace::Fault::unsayable;
    error.expected = what.expected;
    error.got = what.got;
    return report_fault(error);
  }

  std::string name_;
  std::unique_ptr<trace::Reader> reader_;
  std::unique_ptr<trace::Writer> writer_;
  trace::EventBatch batch_;
  PassedWords words_;
};

}  // namespace

ExitStatus write_trace(std::unique_ptr<trace::Reader> reader, const std::string& name, trace::Format format,
                       report::Sink& sink) {
  auto writer =
      trace::make_writer(format, reader->vocabulary(), [&sink](std::string_view t) { sink.write(t); });
  return Conversion(name, std::move(reader), std::move(writer)).run();
}

}  // namespace gcsim::cli
