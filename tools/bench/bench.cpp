// The gcsim side of the benchmarks, driven by bench.py over standard input and output: one JSON object a
// line.
//
//   {"load": {"workload": NAME, "live": N, "events": N, "profile": NAME, "path": FILE}}
//   {"load": {"trace": FILE, "profile": NAME}}       decodes; `path`: where to write the steps for CPython
//   {"round": true}                                  replays once in a child, answers its figures
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "decoded.h"
#include "lower.h"
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
      const Workload w =
          make_workload(std::string(request["workload"]), request["live"], request["events"], false);
      decoded_ = decode(trace::memory_source(w.text), std::string(w.name), profile_);
      warm_up = w.warm_up;
    }
    warm_up_ = warm_up == 0 ? 0 : whole_batches(decoded_, warm_up);
    return to_json(lower_to(request.value("path", "")));
  }
  std::string round() const {
    return in_child([this] { return to_json(replay_from_memory(decoded_, profile_, warm_up_)); });
  }

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

int serve() {
  Side side;
  for (std::string line; std::getline(std::cin, line);) {
    const json request = json::parse(line);
    if (request.contains("load")) {
      std::cout << side.load(request["load"]).dump() << std::endl;
    } else {
      std::cout << side.round() << std::endl;
    }
  }
  return 0;
}

}  // namespace
}  // namespace gcsim::bench

int main() {
  return gcsim::bench::serve();
}
