// A store of rows: an SQLite file. A row is kept under its trace's digest, the version of gcsim, its profile
// and its setting, once. Rows come in transactions: whatever ends the program, what was added is there,
// whole. Several programs may use one store at a time.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "gcsim/sweep/report.h"

namespace gcsim::sweep {

// In words that name the file and what is wrong with it.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Store {
 public:
  enum class Access { read, write };

  // With `write` the file is made if there is none. Throws StoreError, as all members do.
  Store(const std::string& path, Access access);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // How many events the trace has, and whether it is complete, if that is known; it is from the first add()
  // on. Of the facts its digest and whether its own settings are left out say which trace it is.
  bool look_up(SweepFacts& facts) const;
  // The rows that are there, of the settings asked for.
  std::vector<Row> find(const SweepFacts& facts, std::span<const Setting> settings) const;
  // In one transaction. A row that is there already is not added again.
  void add(const SweepFacts& facts, std::span<const Row> rows);

  struct Entry {
    SweepFacts facts;
    std::string gcsim;  // the version that wrote it
    std::uint64_t rows = 0;
  };
  std::vector<Entry> list() const;  // oldest first
  // All rows of a trace that this version of gcsim wrote; by profile and setting.
  std::vector<Row> rows(const SweepFacts& facts) const;

 private:
  class Database;
  std::unique_ptr<Database> database_;
};

}  // namespace gcsim::sweep
