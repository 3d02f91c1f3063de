// A small world for notices made by hand: words, and objects that have IDs in it.
#pragma once

#include <string_view>

#include "gcsim/engine/notice.h"
#include "gcsim/engine/simulator.h"
#include "gcsim/profile/profile.h"
#include "gcsim/trace/vocabulary.h"

namespace gcsim::test {

struct World {
  trace::Vocabulary words;
  trace::EventBatch batch;

  SymbolId symbol(std::string_view word) { return SymbolId{words.symbols.intern(word)}; }
  engine::ObjectRef list(std::string_view id, std::uint32_t size = 56) {
    return {ObjectIndex{0}, symbol(id), TypeId{trace::kListType}, size};
  }
  engine::ObjectRef nameless_dict() { return {ObjectIndex{0}, kNoSymbol, TypeId{trace::kDictType}, 64}; }

  // An event that is the next of the batch: `del NAME`.
  const trace::Event& add_del(std::string_view name) {
    trace::Event event;
    event.op = trace::Op::del;
    event.operand_begin = static_cast<std::uint32_t>(batch.operands.size());
    event.operand_count = 1;
    batch.operands.push_back(raw(symbol(name)));
    batch.events.push_back(event);
    batch.sources.push_back({0, 0, 10 + batch.events.size(), 1});
    return batch.events.back();
  }
};

inline engine::Settings default_settings() {
  engine::Settings settings;
  settings.profile = &profile::default_profile();
  settings.threshold = settings.profile->threshold;
  return settings;
}

}  // namespace gcsim::test
