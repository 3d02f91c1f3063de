// gcsim convert: the same trace in another form.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gcsim/trace/writer.h"
#include "input.h"
#include "messages.h"
#include "output.h"
#include "trace_forms.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

constexpr char kDescription[] = R"(Examples:
  gcsim convert app.jsonl -o app.trace
  gcsim convert app.trace --to jsonl | head
  gcsim generate random | gcsim convert - -o random.gct

Writes a trace in another form; what it means stays the same, to the last byte of each name. Comments are lost.
A .gct is binary: small, quick to read, and any change of its bytes is found.
From text to text it lays the trace out anew, each event on the line where it was.
)";

struct ConvertOptions {
  std::string trace;
  std::string to;
  std::string output = "-";
  bool force = false;
};

trace::Format format_of(const ConvertOptions& o) {
  if (!o.to.empty()) return choose("--to", o.to, kTraceForms);
  if (const auto form = form_of_extension(o.output)) return *form;
  throw UsageError(fmt::format("which form? {}; --to text, json, jsonl or gct says it",
                               o.output == "-"
                                   ? "standard output has no extension"
                                   : fmt::format("the extension of {} is not known", base_name(o.output))));
}

// Nobody holds on to the words of a trace that is only passed on: without this, memory would grow with it.
class PassedWords {
 public:
  void forget(const trace::EventBatch& batch, trace::Reader& reader) {
    words_.clear();
    for (const trace::Event& e : batch.events) {
      for (const SymbolId word : {e.subject, e.value, e.name}) words_.push_back(word);
      if (e.op == trace::Op::set_threshold) continue;
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

ExitStatus convert(const ConvertOptions& o, trace::Format format, report::Sink& sink) {
  Input input = open_input(o.trace);
  auto opened = trace::open(std::move(input.source), input.name);
  if (const auto* error = std::get_if<trace::TraceError>(&opened)) return report_fault(*error);
  auto& reader = std::get<std::unique_ptr<trace::Reader>>(opened);
  auto writer =
      trace::make_writer(format, reader->vocabulary(), [&sink](std::string_view t) { sink.write(t); });
  return Conversion(input.name, std::move(reader), std::move(writer)).run();
}

}  // namespace

ExitStatus run_convert(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim convert");
  ConvertOptions options;
  app.add_option("TRACE", options.trace, "the trace; - is standard input")->required();
  app.add_option("-o,--output", options.output, "write there instead of to standard output")
      ->type_name("FILE");
  app.add_option("--to", options.to, "text, json, jsonl or gct; otherwise FILE's extension says it")
      ->type_name("FORM");
  app.add_flag("--force", options.force, "overwrite FILE");
  if (const auto status = parse(app, arguments)) return *status;
  const trace::Format format = format_of(options);
  if (options.output == "-") {
    StandardOutput out;
    return convert(options, format, out);
  }
  OutputFile file(options.output, options.force);
  const ExitStatus status = convert(options, format, file);
  if (status == ExitStatus::fine) file.commit();
  return status;
}

}  // namespace gcsim::cli
