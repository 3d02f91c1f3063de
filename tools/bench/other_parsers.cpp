#include <simdjson.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "decoded.h"
#include "measure.h"
#include "readers_side.h"

namespace gcsim::bench {
namespace {

// Of one event: its operation, its operands. Everything else is passed over.
class EventHandler : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::uint64_t events = 0;
  std::uint64_t sum = 0;

  bool start_object(std::size_t) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool key(string_t& name) override {
    is_operation_ = name == "op";
    is_operand_ = name == "id" || name == "from" || name == "to" || name == "obj" || name == "value" ||
                  name == "name" || name == "names" || name == "items";
    return true;
  }
  bool string(string_t& text) override {
    if (is_operation_ && text != "end") ++events;
    return true;
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (is_operand_) sum += number;
    return true;
  }
  bool number_integer(number_integer_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& e) override {
    fail(e.what());
  }

 private:
  bool is_operation_ = false;
  bool is_operand_ = false;
};

std::uint64_t number_in(simdjson::ondemand::value value) {
  std::uint64_t number = 0;
  return value.get_uint64().get(number) == simdjson::SUCCESS ? number : 0;
}

std::uint64_t numbers_in(simdjson::ondemand::value value) {
  simdjson::ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return number_in(value);
  std::uint64_t sum = 0;
  for (auto element : array) sum += number_in(element.value());
  return sum;
}

bool is_operand(simdjson::ondemand::raw_json_string key) {
  return key == "id" || key == "from" || key == "to" || key == "obj" || key == "value" || key == "name" ||
         key == "names" || key == "items";
}

void take(simdjson::ondemand::object object, Decoding& d) {
  bool is_event = false;
  for (auto field : object) {
    const simdjson::ondemand::raw_json_string key = field.key();
    if (key == "op") {
      is_event = std::string_view(field.value().get_string()) != "end";
    } else if (is_operand(key)) {
      d.sum += numbers_in(field.value());
    }
  }
  if (is_event) ++d.events;
}

}  // namespace

Decoding decode_with_nlohmann_sax(const std::string& json_lines) {
  EventHandler handler;
  const double start = process_seconds();
  for (std::size_t at = 0; at < json_lines.size();) {
    const std::size_t end = json_lines.find('\n', at);
    nlohmann::json::sax_parse(json_lines.data() + at, json_lines.data() + end, &handler);
    at = end + 1;
  }
  return {process_seconds() - start, handler.events, handler.sum};
}

Decoding decode_with_simdjson(const std::string& json_lines) {
  Decoding d;
  const simdjson::padded_string bytes(json_lines);
  simdjson::ondemand::parser parser;
  const double start = process_seconds();
  try {
    simdjson::ondemand::document_stream stream = parser.iterate_many(bytes);
    for (auto document : stream) take(document.get_object(), d);
  } catch (const simdjson::simdjson_error& error) {
    fail(error.what());
  }
  d.seconds = process_seconds() - start;
  return d;
}

}  // namespace gcsim::bench
