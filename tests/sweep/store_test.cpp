// The store: rows are kept once, under what they depend on; what is no store is refused.
#include "gcsim/sweep/store.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "doctest/doctest.h"

namespace gcsim::test {
namespace {

using sweep::Row;
using sweep::Store;
using sweep::SweepFacts;

// A path of its own, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile() : path_((std::filesystem::temp_directory_path() / unique_name()).string()) {}
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  static std::string unique_name() {
    std::string name = "gcsim-store-XXXXXX";
    const std::string full = (std::filesystem::temp_directory_path() / name).string();
    std::vector<char> writable(full.begin(), full.end());
    writable.push_back('\0');
    std::fclose(::fdopen(::mkstemp(writable.data()), "w"));
    std::filesystem::remove(writable.data());
    return std::filesystem::path(writable.data()).filename().string();
  }
  std::string path_;
};

SweepFacts facts(const std::string& sha256) {
  SweepFacts facts;
  facts.trace = "app.trace";
  facts.sha256 = sha256;
  facts.events = 100;
  return facts;
}

Row row(std::int32_t threshold, std::uint64_t figure) {
  Row row;
  row.setting = {profile::find("cpython-3.11"), {threshold, 10, 10}, true, 0};
  for (const sweep::Figure& f : sweep::figures()) f.in(row) = figure++;
  return row;
}

std::string error_of(const std::string& path, Store::Access access) {
  try {
    const Store store(path, access);
  } catch (const sweep::StoreError& error) {
    return error.what();
  }
  return "";
}

TEST_SUITE("sweep/store") {
  TEST_CASE("rows come back as they were, also figures that fill 64 bits") {
    const TemporaryFile file;
    const std::vector<Row> rows{row(700, 5), row(800, 0xffff'ffff'ffff'ff00)};
    Store(file.path(), Store::Access::write).add(facts("a"), rows);
    const Store store(file.path(), Store::Access::read);
    CHECK(store.rows(facts("a")) == rows);
    const sweep::Setting asked[] = {rows[1].setting, row(900, 0).setting};
    CHECK(store.find(facts("a"), asked) == std::vector<Row>{rows[1]});
    SweepFacts found = facts("a");
    found.events = 0;
    CHECK(store.look_up(found));
    CHECK_EQ(found.events, 100);
  }

  TEST_CASE("a row is kept once, and the first one stays") {
    const TemporaryFile file;
    Store store(file.path(), Store::Access::write);
    const Row first = row(700, 5);
    const Row second = row(700, 50);
    store.add(facts("a"), {&first, 1});
    store.add(facts("a"), {&second, 1});
    CHECK(store.rows(facts("a")) == std::vector<Row>{first});
  }

  TEST_CASE("another trace, another setting, or own settings left out: other rows") {
    const TemporaryFile file;
    Store store(file.path(), Store::Access::write);
    const Row kept = row(700, 5);
    store.add(facts("a"), {&kept, 1});
    SweepFacts without = facts("a");
    without.leaves_out_own_settings = true;
    CHECK(store.rows(without).empty());
    CHECK(store.rows(facts("b")).empty());
    sweep::Setting other = kept.setting;
    for (auto change :
         {+[](sweep::Setting& s) { s.enabled = false; }, +[](sweep::Setting& s) { s.freeze_at = 3; },
          +[](sweep::Setting& s) { s.profile = profile::find("cpython-3.8"); },
          +[](sweep::Setting& s) { s.threshold[2] = 11; }}) {
      other = kept.setting;
      change(other);
      CHECK(store.find(facts("a"), {&other, 1}).empty());
    }
    CHECK_EQ(store.list().size(), 1);
    CHECK_EQ(store.list()[0].rows, 1);
  }

  TEST_CASE("what is no store is refused, and left as it is") {
    const TemporaryFile file;
    std::ofstream(file.path()) << "profile,threshold_0\n" << std::string(2000, 'x');
    const auto size = std::filesystem::file_size(file.path());
    CHECK_EQ(error_of(file.path(), Store::Access::write), file.path() + ": is no store of gcsim");
    CHECK_EQ(std::filesystem::file_size(file.path()), size);
  }

  TEST_CASE("a store that is to be read must be there") {
    const TemporaryFile file;
    CHECK_EQ(error_of(file.path(), Store::Access::read), file.path() + ": can't open the store");
    CHECK_FALSE(std::filesystem::exists(file.path()));
  }
}

}  // namespace
}  // namespace gcsim::test
