// The gcsim side of the benchmarks, driven by bench.py over standard input and output: one JSON object a
// line.
//
//   {"load": {"workload": NAME, "knobs": {KNOB: N, ..}, "profile": NAME, "path": FILE}}
//   {"load": {"trace": FILE, "profile": NAME}}       decodes; `path`: where to write the steps for CPython
//   {"round": true}                                  replays once in a child, answers its figures
//   {"once": true}                                   replays here: for callgrind
//   {"readers": {"workload": NAME, "knobs": {..}}}   decodes in three forms and with other parsers, in a
//   child
//   {"long": {"workload": NAME, "knobs": {..}}}      replays while it is generated; four marks
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "decoded.h"
#include "long_run.h"
#include "lower.h"
#include "readers_side.h"
#include "replay_side.h"
#include "workloads.h"

namespace gcsim::bench {
namespace {

using nlohmann::json;

json to_json(const Figures& f) {
  json answer = {{"seconds", f.seconds},
                 {"events", f.timed_events},
                 {"counts", f.counts},
                 {"tracked", f.tracked},
                 {"alive", f.alive},
                 {"creations", f.creations},
                 {"long_lived_total", f.long_lived_total},
                 {"long_lived_pending", f.long_lived_pending},
                 {"kilobytes_before", f.kilobytes_before},
                 {"kilobytes_live", f.kilobytes_live},
                 {"kilobytes_end", f.kilobytes_end}};
  for (const engine::GenerationStats& g : f.generations) {
    answer["collections"].push_back(g.collections);
    answer["collected"].push_back(g.collected);
    answer["uncollectable"].push_back(g.uncollectable);
  }
  return answer;
}

json to_json(const Lowered& l) {
  json classes = json::array();
  for (const ClassSpec& c : l.classes)
    classes.push_back({{"name", c.name}, {"has_slots", c.has_slots}, {"slots", c.slots}});
  return {{"steps", l.steps},   {"warm_up_steps", l.warm_up_steps},
          {"slots", l.slots},   {"keys", l.keys},
          {"classes", classes}, {"refused", l.refused}};
}

// A child for each round: it starts alike, and its memory is its own.
std::string in_child(const std::function<json()>& work) {
  int ends[2];
  if (pipe(ends) != 0) fail("no pipe");
  const pid_t child = fork();
  if (child < 0) fail("no child process");
  if (child == 0) {
    const std::string text = work().dump();
    const bool is_written = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(is_written ? 0 : 70);
  }
  close(ends[1]);
  std::string text;
  char piece[4096];
  for (ssize_t n = 0; (n = read(ends[0], piece, sizeof piece)) > 0;)
    text.append(piece, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0) fail("a round failed");
  return text;
}

class Side {
 public:
  json load(const json& request) {
    profile_ = request.value("profile", "");
    std::uint64_t warm_up = 0;
    if (request.contains("trace")) {
      const std::string path = request["trace"];
      std::FILE* file = std::fopen(path.c_str(), "rb");
      if (file == nullptr) fail("can't read " + path);
      decoded_ = decode(trace::file_source(file), path, profile_);
    } else {
      std::string text;
      const auto written =
          write_workload(request, trace::Format::text, [&text](std::string_view piece) { text += piece; });
      decoded_ = decode(trace::memory_source(text), request["workload"], profile_);
      warm_up = written.warm_up;
      split_behind(decoded_, warm_up);
    }
    warm_up_ = warm_up == 0 ? 0 : whole_batches(decoded_, warm_up);
    return to_json(lower_to(request.value("path", "")));
  }
  json once() const { return to_json(replay_from_memory(decoded_, profile_, warm_up_)); }

 private:
  Lowered lower_to(const std::string& path) const {
    if (path.empty()) return lower(decoded_, warm_up_, nullptr);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) fail("can't write " + path);
    Lowered lowered = lower(decoded_, warm_up_, file);
    if (std::fclose(file) != 0) fail("can't write " + path);
    return lowered;
  }

  std::string profile_;
  Decoded decoded_;
  std::uint64_t warm_up_ = 0;
};

json to_json(const Decoding& d) {
  return {{"seconds", d.seconds}, {"events", d.events}, {"sum", d.sum}};
}

json decode_all(const json& request) {
  const auto in_form = [&](trace::Format format) {
    std::string bytes;
    write_workload(request, format, [&bytes](std::string_view piece) { bytes += piece; });
    return bytes;
  };
  const std::string text = in_form(trace::Format::text);
  const std::string document = in_form(trace::Format::json);
  const std::string lines = in_form(trace::Format::json_lines);
  return {{"text", to_json(decode_with_gcsim(text))},
          {"json", to_json(decode_with_gcsim(document))},
          {"jsonl", to_json(decode_with_gcsim(lines))},
          {"simdjson on-demand", to_json(decode_with_simdjson(lines))},
          {"nlohmann SAX", to_json(decode_with_nlohmann_sax(lines))},
          {"bytes", {{"text", text.size()}, {"json", document.size()}, {"jsonl", lines.size()}}}};
}

json run_long(const json& request) {
  json marks = json::array();
  replay_long(request, [&marks](const Mark& m) {
    marks.push_back({{"events", m.events},
                     {"seconds", m.seconds},
                     {"undisturbed", m.undisturbed},
                     {"kilobytes", m.kilobytes},
                     {"alive", m.alive}});
  });
  return {{"marks", marks}};
}

std::string answer_to(const json& request, Side& side) {
  if (request.contains("load")) return side.load(request["load"]).dump();
  if (request.contains("once")) return side.once().dump();
  if (request.contains("round")) return in_child([&] { return side.once(); });
  if (request.contains("readers")) return in_child([&] { return decode_all(request["readers"]); });
  if (request.contains("long")) return in_child([&] { return run_long(request["long"]); });
  fail("no such request");
}

int serve() {
  Side side;
  for (std::string line; std::getline(std::cin, line);)
    std::cout << answer_to(json::parse(line), side) << std::endl;
  return 0;
}

}  // namespace
}  // namespace gcsim::bench

int main() {
  return gcsim::bench::serve();
}
