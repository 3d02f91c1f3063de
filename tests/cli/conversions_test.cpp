// Every checked-in trace in every form: its transcript stays the same, and so do the words that were written
// once they are read again.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "gcsim/report/report.h"
#include "gcsim/trace/writer.h"
#include "support/replaying.h"

using namespace gcsim;

namespace {

constexpr std::uintmax_t kLargest = 60'000;  // bytes; beside these, the recordings in traces/

std::vector<std::string> traces() {
  std::vector<std::string> found;
  for (const char* folder : {"traces", "tests/conformance/traces", "tests/snippets"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(test::source_path(folder))) {
      const std::string path = entry.path().string();
      const std::string extension = entry.path().extension().string();
      const bool is_trace = extension == ".trace" || extension == ".json" || extension == ".jsonl";
      const bool is_recording = path.find("/recorded/") != std::string::npos;
      if (path.find("/bad/") != std::string::npos || !is_trace) continue;
      if (is_recording ? entry.file_size() < 5'000'000 : entry.file_size() <= kLargest)
        found.push_back(path.substr(test::source_path("").size()));
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string convert(trace::Reader& reader, trace::Format format) {
  std::string text;
  const auto writer =
      trace::make_writer(format, reader.vocabulary(), [&text](std::string_view part) { text += part; });
  trace::EventBatch batch;
  REQUIRE(!writer->begin(reader.header()));
  for (auto status = trace::Reader::Status::events; status == trace::Reader::Status::events;) {
    status = reader.next(batch);
    REQUIRE(status != trace::Reader::Status::fault);
    REQUIRE(!writer->write(batch));
  }
  writer->finish();
  return text;
}

std::string convert(const std::string& bytes, trace::Format format) {
  return convert(*test::open_bytes(bytes), format);
}

std::string transcript(trace::Reader& reader) {
  report::StringSink sink;
  const engine::Settings settings = test::settings(reader);
  const auto report = report::make_report({report::Format::transcript, report::Events::all, false},
                                          reader.vocabulary(), sink);
  const auto simulator = engine::Simulator::create(settings, report.get());
  report->begin(settings);
  ReplayOptions options;
  options.on_fault = [](const trace::TraceError&) { return OnFault::go_on; };
  options.on_batch = [&](const trace::EventBatch& batch) { report->next_batch(batch); };
  replay(reader, *simulator, options);
  report->finish({});
  return sink.text;
}

constexpr trace::Format kForms[] = {trace::Format::text, trace::Format::json, trace::Format::json_lines,
                                    trace::Format::binary};

}  // namespace

TEST_CASE("every checked-in trace, converted to any form, has the same transcript") {
  const std::vector<std::string> all = traces();
  CHECK(all.size() > 350);
  for (const std::string& trace : all) {
    CAPTURE(trace);
    const std::string wanted = transcript(*test::open_file(trace));
    for (const trace::Format form : kForms) {
      const std::string converted = convert(*test::open_file(trace), form);
      CHECK(transcript(*test::open_bytes(converted)) == wanted);
    }
  }
}

TEST_CASE("every checked-in trace, converted to any form and back, is the same text") {
  for (const std::string& trace : traces()) {
    CAPTURE(trace);
    const std::string text = convert(*test::open_file(trace), trace::Format::text);
    CHECK(convert(text, trace::Format::text) == text);
    for (const trace::Format form : kForms) {
      const std::string once = convert(text, form);
      const std::string back = convert(once, trace::Format::text);
      if (form == trace::Format::text || form == trace::Format::binary) CHECK(back == text);
      CHECK(convert(back, form) == once);
      CHECK(convert(convert(back, form), trace::Format::text) == back);
    }
  }
}

TEST_CASE("a trace of text keeps the line of each event, in binary too") {
  for (const std::string& trace : traces()) {
    if (!trace.ends_with(".trace")) continue;
    for (const trace::Format form : {trace::Format::text, trace::Format::binary}) {
      CAPTURE(trace);
      const auto before = test::open_file(trace);
      const std::string converted = convert(*test::open_file(trace), form);
      const auto after = test::open_bytes(converted);
      trace::EventBatch a;
      trace::EventBatch b;
      before->next(a);
      after->next(b);
      REQUIRE(a.events.size() == b.events.size());
      for (std::size_t i = 0; i < a.events.size(); ++i) CHECK(a.line(i) == b.line(i));
    }
  }
}
