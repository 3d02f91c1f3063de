// gcsim profiles: the rules as data.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

#include "output.h"
#include "profile_data.h"
#include "rules.h"
#include "verbs.h"

namespace gcsim::cli {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kDescription[] = R"(Examples:
  gcsim profiles                                  those there are
  gcsim profiles cpython-3.11                     every rule of one, and where it was read
  gcsim profiles --diff cpython-3.8 cpython-3.9   only the rules that differ
  gcsim profiles cpython-3.11 --format json

Profiles are the rules of CPython versions, and of other readings of them, that a replay can follow.
)";

constexpr Choice<bool> kFormats[] = {{"text", false}, {"json", true}};

struct ProfilesOptions {
  std::string name;
  std::string other;
  std::string format = "text";
};

using Rule = std::pair<std::string, std::string>;  // "types.list.size_bytes", "56"

std::string value_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  if (!json.is_array()) return json.dump();
  std::vector<std::string> values;
  for (const Json& value : json) values.push_back(value_text(value));
  return fmt::format("{}", fmt::join(values, ", "));
}

void flatten(const std::string& prefix, const Json& json, std::vector<Rule>& rules) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix.empty() ? key : fmt::format("{}.{}", prefix, key);
    if (value.is_object()) {
      flatten(name, value, rules);
    } else {
      rules.emplace_back(name, value_text(value));
    }
  }
}

std::string list_text() {
  std::string text;
  for (const profile::Profile& p : profile::catalog()) {
    const bool is_default = &p == &profile::default_profile();
    text += fmt::format("{:<14} {}{}\n", p.name, p.summary, is_default ? " (the default)" : "");
  }
  text += fmt::format("\nplanned, not simulated yet: {}\n", fmt::join(profile::planned(), ", "));
  return text;
}

std::string list_json() {
  Json json = Json::array();
  for (const profile::Profile& p : profile::catalog()) json.push_back(to_json(p));
  return json.dump(2) + "\n";
}

// One line for each type instead of one for each of its rules.
std::string profile_text(const profile::Profile& profile) {
  Json json = to_json(profile);
  const Json types = json["types"];
  json.erase("types");
  std::vector<Rule> rules;
  flatten("", json, rules);
  std::string text;
  for (const auto& [name, value] : rules) text += fmt::format("{:<38} {}\n", name, value);
  text += "types\n";
  for (const auto& [type, of_type] : types.items()) {
    std::vector<std::string> words;
    for (const auto& [key, value] : of_type.items())
      words.push_back(fmt::format("{} {}", key, value_text(value)));
    text += fmt::format("  {:<36} {}\n", type, fmt::join(words, ", "));
  }
  return text;
}

struct Difference {
  std::string rule, left, right;  // empty: that profile says nothing about it
};

const std::string* find_rule(const std::vector<Rule>& rules, const std::string& name) {
  for (const Rule& rule : rules) {
    if (rule.first == name) return &rule.second;
  }
  return nullptr;
}

std::vector<Difference> differences(const profile::Profile& left, const profile::Profile& right) {
  std::vector<Rule> mine, theirs;
  flatten("", to_json(left), mine);
  flatten("", to_json(right), theirs);
  std::vector<Difference> found;
  for (const auto& [name, value] : mine) {
    if (name == "name" || name == "summary" || name == "source") continue;  // about the profile, no rules
    const std::string* other = find_rule(theirs, name);
    if (other == nullptr || *other != value) found.push_back({name, value, other == nullptr ? "" : *other});
  }
  for (const auto& [name, value] : theirs) {
    if (find_rule(mine, name) == nullptr) found.push_back({name, "", value});
  }
  return found;
}

std::string diff_text(const profile::Profile& left, const profile::Profile& right) {
  std::string text;
  for (const Difference& d : differences(left, right)) {
    text += fmt::format("{}\n  {:<14} {}\n  {:<14} {}\n", d.rule, left.name, d.left.empty() ? "-" : d.left,
                        right.name, d.right.empty() ? "-" : d.right);
  }
  return text.empty() ? "no difference\n" : text;
}

std::string diff_json(const profile::Profile& left, const profile::Profile& right) {
  Json json = Json::array();
  for (const Difference& d : differences(left, right)) {
    Json entry = {{"rule", d.rule}};
    if (!d.left.empty()) entry[std::string(left.name)] = d.left;
    if (!d.right.empty()) entry[std::string(right.name)] = d.right;
    json.push_back(std::move(entry));
  }
  return json.dump(2) + "\n";
}

std::string answer(const ProfilesOptions& o) {
  const bool json = choose("--format", o.format, kFormats);
  if (o.name.empty() && !o.other.empty()) throw UsageError("--diff compares with NAME, which is missing");
  if (o.name.empty()) return json ? list_json() : list_text();
  const profile::Profile& profile = profile_named(o.name);
  if (o.other.empty()) return json ? to_json(profile).dump(2) + "\n" : profile_text(profile);
  const profile::Profile& other = profile_named(o.other);
  return json ? diff_json(profile, other) : diff_text(profile, other);
}

}  // namespace

ExitStatus run_profiles(const Arguments& arguments) {
  CLI::App app(kDescription, "gcsim profiles");
  ProfilesOptions options;
  app.add_option("NAME", options.name, "the profile to show");
  app.add_option("--diff", options.other, "show only in what NAME differs from OTHER")->type_name("OTHER");
  app.add_option("--format", options.format, "text or json")->type_name("F")->capture_default_str();
  if (const auto status = parse(app, arguments)) return *status;
  StandardOutput().write(answer(options));
  return ExitStatus::fine;
}

}  // namespace gcsim::cli
