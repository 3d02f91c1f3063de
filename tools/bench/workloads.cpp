#include "workloads.h"

#include <charconv>
#include <random>

namespace gcsim::bench {
namespace {

// Writes events in both encodings. IDs are plain numbers.
class Writer {
 public:
  Writer(Workload& workload, bool with_json_lines) : w_(workload), json_(with_json_lines) {
    w_.text += "trace 1\nclass Node\n";
    if (json_) w_.json_lines += "{\"gcsim\":1,\"classes\":{\"Node\":{}}}\n";
  }

  void alloc(std::uint64_t id, std::string_view type) {
    text("alloc ", id, " ", type);
    if (json_) line("{\"op\":\"alloc\",\"id\":", id, ",\"type\":\"", type, "\"}");
    ++w_.events;
  }
  void append(std::uint64_t list, std::uint64_t value) {
    text("ref ", list, "[] ", value);
    if (json_) line("{\"op\":\"ref\",\"from\":", list, ",\"to\":", value, "}");
    ++w_.events;
  }
  void set_attr(std::uint64_t object, std::string_view name, std::uint64_t value) {
    text("setattr ", object, " ", name, " ", value);
    if (json_) {
      line("{\"op\":\"setattr\",\"obj\":\"", object, "\",\"attr\":\"", name, "\",\"value\":\"", value, "\"}");
    }
    ++w_.events;
  }
  void del(std::uint64_t name) {
    text("del ", name);
    if (json_) line("{\"op\":\"del\",\"name\":", name, "}");
    ++w_.events;
  }

 private:
  template <class... Parts>
  void text(Parts... parts) {
    (put(w_.text, parts), ...);
    w_.text += '\n';
  }
  template <class... Parts>
  void line(Parts... parts) {
    (put(w_.json_lines, parts), ...);
    w_.json_lines += '\n';
  }
  static void put(std::string& out, std::string_view part) { out += part; }
  static void put(std::string& out, std::uint64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
  }

  Workload& w_;
  bool json_;
};

void lists(Writer& out, Workload& w, std::uint32_t live, std::uint64_t events) {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> held(live);
  std::uint64_t next = 0;
  for (std::uint64_t& id : held) out.alloc(id = next++, "list");
  w.warm_up = w.events;
  while (w.events < w.warm_up + events) {
    std::uint64_t& place = held[random() % live];
    std::uint64_t id = next++;
    out.alloc(id, "list");
    if (random() % 10 < 3) out.append(held[random() % live], id);
    if (random() % 10 == 0) out.append(id, id);
    out.del(place);
    place = id;
  }
}

void instances(Writer& out, Workload& w, std::uint32_t live, std::uint64_t events) {
  std::mt19937_64 random(2);
  std::vector<std::uint64_t> held(live);
  std::uint64_t next = 0;
  auto make = [&] {
    std::uint64_t id = next++;
    std::uint64_t list = next++;
    out.alloc(id, "Node");
    out.alloc(list, "list");
    out.set_attr(id, "items", list);
    if (random() % 10 == 0) out.append(list, id);
    out.del(list);
    return id;
  };
  for (std::uint64_t& id : held) id = make();
  w.warm_up = w.events;
  while (w.events < w.warm_up + events) {
    std::uint64_t& place = held[random() % live];
    std::uint64_t id = make();
    out.del(place);
    place = id;
  }
}

void churn(Writer& out, Workload& w, std::uint32_t live, std::uint64_t events) {
  std::uint64_t next = 0;
  for (std::uint32_t k = 0; k < live; ++k) out.alloc(next++, "list");
  w.warm_up = w.events;
  while (w.events < w.warm_up + events) {
    std::uint64_t id = next++;
    out.alloc(id, "list");
    out.append(id, id % live);
    out.del(id);
  }
}

}  // namespace

std::vector<std::string_view> workload_names() {
  return {"churn", "lists", "instances"};
}

Workload make_workload(std::string_view name, std::uint32_t live, std::uint64_t events,
                       bool with_json_lines) {
  Workload w;
  w.name = name;
  Writer out(w, with_json_lines);
  if (name == "churn") churn(out, w, live, events);
  if (name == "lists") lists(out, w, live, events);
  if (name == "instances") instances(out, w, live, events);
  return w;
}

}  // namespace gcsim::bench
