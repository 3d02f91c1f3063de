// The words that begin an event, in text and as the "op" of JSON; and those of gc and inspect.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gcsim/trace/event.h"

namespace gcsim::trace {

enum class Word : std::uint8_t {
  alloc,
  ref,
  del,
  unref,
  setattr,
  delattr,
  dict,
  weakref,
  clear,
  gc,
  inspect,
  track,
  untrack,
  resize,
  exit,
  check,
  expect,  // JSON only; a comment in text
  end,
  import,
  from,
  loaded,
  failed,
  hold,
  release,
  unit,
  constant,
  iadd,
  intern,
  call,
  return_,
  frame,
  raise,
  generator,
  next,
  yield_,
  die,
  garbage,
  own,
  memory,
  atomic,
  tick,
};

struct WordEntry {
  std::string_view text;
  Word word;
};

inline constexpr std::array<WordEntry, 41> kEventWords = {{
    {"alloc", Word::alloc},     {"ref", Word::ref},         {"del", Word::del},
    {"unref", Word::unref},     {"setattr", Word::setattr}, {"delattr", Word::delattr},
    {"dict", Word::dict},       {"weakref", Word::weakref}, {"clear", Word::clear},
    {"gc", Word::gc},           {"inspect", Word::inspect}, {"track", Word::track},
    {"untrack", Word::untrack}, {"resize", Word::resize},   {"exit", Word::exit},
    {"check", Word::check},     {"expect", Word::expect},   {"end", Word::end},
    {"import", Word::import},   {"from", Word::from},       {"loaded", Word::loaded},
    {"failed", Word::failed},   {"hold", Word::hold},       {"release", Word::release},
    {"unit", Word::unit},       {"const", Word::constant},  {"iadd", Word::iadd},
    {"intern", Word::intern},   {"call", Word::call},       {"return", Word::return_},
    {"frame", Word::frame},     {"raise", Word::raise},     {"generator", Word::generator},
    {"next", Word::next},       {"yield", Word::yield_},    {"die", Word::die},
    {"garbage", Word::garbage}, {"own", Word::own},         {"memory", Word::memory},
    {"atomic", Word::atomic},   {"tick", Word::tick},
}};

inline std::optional<Word> event_word(std::string_view text) {
  for (const WordEntry& entry : kEventWords) {
    if (entry.text == text) return entry.word;
  }
  return std::nullopt;
}

inline constexpr std::array<std::string_view, 16> kHeaderWords = {
    "trace",      "profile",          "threshold", "class",    "enabled",         "count",
    "free_lists", "long_lived_total", "tracking",  "recorded", "available_slots", "recording",
    "interval",   "python",           "complete",  "observed",
};

}  // namespace gcsim::trace
