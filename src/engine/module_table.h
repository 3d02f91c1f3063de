// sys.modules, the imports that are being executed, and which words are globals of modules.
#pragma once

#include <cstdint>
#include <vector>

#include "gcsim/types.h"
#include "object.h"

namespace gcsim::engine {

struct ModuleTable {
  struct Entry {
    SymbolId id;
    std::uint32_t object;
    KeyId name;  // the whole name as a key
    bool is_executing;
  };
  // An import whose module is being executed, and what its importer does afterwards.
  struct Import {
    SymbolId module;
    SymbolId value;  // Event's fields
    SymbolId name;
    KeyId key;
    bool is_from;
  };
  struct Global {
    SymbolId module = kNoSymbol;
    KeyId key = kNoKey;
  };

  std::vector<Entry> entries;       // each holds a reference, in the order in which they were imported
  std::vector<Import> imports;      // innermost last
  std::vector<Global> globals;      // by symbol, for those the scope marks so
  std::uint32_t main_dict = kHole;  // once a function needs it

  // The position in entries, or their number.
  std::size_t find(SymbolId id) const {
    std::size_t at = 0;
    while (at < entries.size() && entries[at].id != id) ++at;
    return at;
  }
  bool has(SymbolId id) const { return find(id) < entries.size(); }
};

}  // namespace gcsim::engine
