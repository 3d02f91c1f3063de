#include "json.h"

#include "gcsim/version.h"
#include "json_summary.h"

namespace gcsim::report {

// The events come while the replay runs, before the rest of the document is known: so they stand first.
void JsonReport::begin(const engine::Settings& settings) {
  learn(settings);
  if (events_ != Events::none) text() += "{\n  \"events\": [";
}

void JsonReport::finish(const Summary& summary) {
  const std::string document = to_json(summary).dump(2);
  if (events_ == Events::none) {
    text() += document;
  } else {
    text() += wrote_events() ? "\n  ],\n" : "],\n";
    text() += document.substr(2);  // behind its "{\n"
  }
  text() += '\n';
  flush();
}

void JsonLinesReport::begin(const engine::Settings& settings) {
  learn(settings);
  nlohmann::ordered_json header = {{"schema", "gcsim.notices/1"}, {"gcsim", kVersion}};
  header["config"] = to_json(settings);
  text() += header.dump();
  text() += '\n';
}

void JsonLinesReport::finish(const Summary& summary) {
  text() += to_json(summary).dump();
  text() += '\n';
  flush();
}

}  // namespace gcsim::report
