#include "gcsim/sweep/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <bit>
#include <cstring>
#include <functional>
#include <optional>

#include "gcsim/version.h"

namespace gcsim::sweep {

namespace {

constexpr int kApplication = 0x67637377;  // "gcsw", in the file's header
constexpr int kVersionOfStore = 1;
constexpr int kPatience = 60'000;  // milliseconds another program may keep the file locked

constexpr std::string_view kSettingColumns =
    "profile, threshold_0, threshold_1, threshold_2, enabled, freeze_at";

std::string figure_columns() {
  std::string text;
  for (const Figure& figure : figures()) text += fmt::format(", {}", figure.name);
  return text;
}

std::string schema() {
  std::string row =
      "CREATE TABLE row (trace INTEGER NOT NULL REFERENCES trace, profile TEXT NOT NULL,"
      " threshold_0 INTEGER NOT NULL, threshold_1 INTEGER NOT NULL, threshold_2 INTEGER NOT NULL,"
      " enabled INTEGER NOT NULL, freeze_at INTEGER NOT NULL";
  for (const Figure& figure : figures()) row += fmt::format(", {} INTEGER NOT NULL", figure.name);
  row += fmt::format(", PRIMARY KEY (trace, {})) WITHOUT ROWID;", kSettingColumns);
  return fmt::format(
      "CREATE TABLE trace (id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, own_settings INTEGER NOT NULL,"
      " gcsim TEXT NOT NULL, name TEXT NOT NULL, events INTEGER NOT NULL, complete INTEGER NOT NULL,"
      " UNIQUE (sha256, own_settings, gcsim));"
      "{} PRAGMA application_id = {}; PRAGMA user_version = {};",
      row, kApplication, kVersionOfStore);
}

}  // namespace

class Store::Database {
 public:
  Database(std::string path, Access access) : path_(std::move(path)), is_writable_(access == Access::write) {
    const int flags = is_writable_ ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(path_.c_str(), &opened, flags, nullptr);
    handle_.reset(opened);
    check(code);
    sqlite3_busy_timeout(handle(), kPatience);
    prepare();
  }

  void run(const std::string& sql) { check(sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr)); }

  void check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    throw StoreError(fmt::format("{}: {}", path_, words_for(code & 0xff)));
  }
  [[noreturn]] void fail(const std::string& what) const { throw StoreError(path_ + ": " + what); }
  sqlite3* handle() const { return handle_.get(); }

 private:
  std::string words_for(int code) const {
    switch (code) {
      case SQLITE_NOTADB: return "is no store of gcsim";
      case SQLITE_FULL: return "can't write the store: the disk is full";
      case SQLITE_READONLY: return "can't write the store: it is read-only";
      case SQLITE_CANTOPEN: return is_writable_ ? "can't open or make the store" : "can't open the store";
      case SQLITE_BUSY: return "another program has kept the store locked for a minute";
      case SQLITE_CORRUPT: return "the store is damaged";
      case SQLITE_IOERR: {
        const int error = sqlite3_system_errno(handle());
        return fmt::format("can't read or write the store: {}",
                           error != 0 ? std::strerror(error) : sqlite3_errmsg(handle()));
      }
      default: return fmt::format("the store fails: {}", sqlite3_errmsg(handle()));
    }
  }

  int number(const char* pragma);
  void prepare();

  std::string path_;
  bool is_writable_;
  struct Close {
    void operator()(sqlite3* closed) const { sqlite3_close_v2(closed); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

namespace {

// A statement that is bound and stepped in order.
class Statement {
 public:
  template <class Database>
  Statement(const Database& database, const std::string& sql)
      : check_([&database](int code) { database.check(code); }) {
    check_(sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(std::string_view text) {
    check_(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                             SQLITE_TRANSIENT));
    return *this;
  }
  // Kept bit for bit: large ones read as negative numbers in SQL.
  Statement& bind(std::uint64_t value) {
    check_(sqlite3_bind_int64(statement_, ++bound_, std::bit_cast<std::int64_t>(value)));
    return *this;
  }
  bool step() {
    const int code = sqlite3_step(statement_);
    check_(code);
    column_ = 0;
    return code == SQLITE_ROW;
  }
  void reset() {
    sqlite3_reset(statement_);
    bound_ = 0;
  }
  std::string text() {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
    return bytes == nullptr ? std::string() : std::string(bytes, size);
  }
  std::uint64_t number() {
    return std::bit_cast<std::uint64_t>(std::int64_t{sqlite3_column_int64(statement_, column_++)});
  }

 private:
  std::function<void(int)> check_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int column_ = 0;
};

void bind_setting(Statement& statement, const Setting& s) {
  statement.bind(s.profile->name);
  for (const std::int32_t t : s.threshold) statement.bind(static_cast<std::uint64_t>(t));
  statement.bind(std::uint64_t{s.enabled}).bind(s.freeze_at);
}

// The columns behind kSettingColumns.
void read_figures(Statement& statement, Row& row) {
  for (const Figure& figure : figures()) figure.in(row) = statement.number();
}

template <class Database>
std::optional<std::uint64_t> find_trace(const Database& database, const SweepFacts& facts) {
  Statement find(database, "SELECT id FROM trace WHERE sha256 = ? AND own_settings = ? AND gcsim = ?");
  find.bind(facts.sha256).bind(std::uint64_t{!facts.leaves_out_own_settings}).bind(kVersion);
  if (!find.step()) return std::nullopt;
  return find.number();
}

}  // namespace

int Store::Database::number(const char* pragma) {
  Statement statement(*this, pragma);
  return statement.step() ? static_cast<int>(statement.number()) : 0;
}

// Makes the tables in a new file; refuses what is something else. Two programs may come here at once.
void Store::Database::prepare() {
  if (number("PRAGMA application_id") != kApplication) {
    if (!is_writable_) fail("is no store of gcsim");
    run("BEGIN IMMEDIATE");
    const bool is_empty = number("SELECT count(*) FROM sqlite_master") == 0;
    if (is_empty) {
      run(schema());
    } else if (number("PRAGMA application_id") != kApplication) {
      fail("is no store of gcsim");
    }
    run("COMMIT");
  }
  const int version = number("PRAGMA user_version");
  if (version != kVersionOfStore)
    fail(fmt::format("is a store of version {}; this gcsim knows version {}", version, kVersionOfStore));
}

Store::Store(const std::string& path, Access access) : database_(std::make_unique<Database>(path, access)) {}

Store::~Store() = default;

bool Store::look_up(SweepFacts& facts) const {
  const auto trace = find_trace(*database_, facts);
  if (!trace) return false;
  Statement known(*database_, "SELECT events, complete FROM trace WHERE id = ?");
  known.bind(*trace).step();
  facts.events = known.number();
  facts.complete = known.number() != 0;
  return true;
}

std::vector<Row> Store::find(const SweepFacts& facts, std::span<const Setting> settings) const {
  std::vector<Row> rows;
  const auto trace = find_trace(*database_, facts);
  if (!trace) return rows;
  Statement find(*database_,
                 fmt::format("SELECT 0{} FROM row WHERE trace = ? AND profile = ? AND threshold_0 = ?"
                             " AND threshold_1 = ? AND threshold_2 = ? AND enabled = ? AND freeze_at = ?",
                             figure_columns()));
  for (const Setting& setting : settings) {
    find.reset();
    find.bind(*trace);
    bind_setting(find, setting);
    if (!find.step()) continue;
    Row& row = rows.emplace_back();
    row.setting = setting;
    find.number();
    read_figures(find, row);
  }
  return rows;
}

void Store::add(const SweepFacts& facts, std::span<const Row> rows) {
  database_->run("BEGIN IMMEDIATE");
  try {
    Statement trace(*database_,
                    "INSERT OR IGNORE INTO trace (sha256, own_settings, gcsim, name, events, complete)"
                    " VALUES (?, ?, ?, ?, ?, ?)");
    trace.bind(facts.sha256)
        .bind(std::uint64_t{!facts.leaves_out_own_settings})
        .bind(kVersion)
        .bind(facts.trace);
    trace.bind(facts.events).bind(std::uint64_t{facts.complete}).step();
    const std::uint64_t id = find_trace(*database_, facts).value();
    std::string values = "?, ?, ?, ?, ?, ?, ?";
    for (std::size_t k = 0; k < figures().size(); ++k) values += ", ?";
    Statement insert(*database_, fmt::format("INSERT OR IGNORE INTO row (trace, {}{}) VALUES ({})",
                                             kSettingColumns, figure_columns(), values));
    for (const Row& row : rows) {
      insert.reset();
      insert.bind(id);
      bind_setting(insert, row.setting);
      for (const Figure& figure : figures()) insert.bind(figure.of(row));
      insert.step();
    }
    database_->run("COMMIT");
  } catch (const StoreError&) {
    sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
}

std::vector<Store::Entry> Store::list() const {
  std::vector<Entry> entries;
  Statement all(
      *database_,
      "SELECT gcsim, (SELECT count(*) FROM row WHERE trace = trace.id), sha256, name, own_settings, events,"
      " complete FROM trace ORDER BY id");
  while (all.step()) {
    Entry& entry = entries.emplace_back();
    entry.gcsim = all.text();
    entry.rows = all.number();
    entry.facts.sha256 = all.text();
    entry.facts.trace = all.text();
    entry.facts.leaves_out_own_settings = all.number() == 0;
    entry.facts.events = all.number();
    entry.facts.complete = all.number() != 0;
  }
  return entries;
}

std::vector<Row> Store::rows(const SweepFacts& facts) const {
  std::vector<Row> rows;
  const auto trace = find_trace(*database_, facts);
  if (!trace) return rows;
  Statement all(*database_, fmt::format("SELECT {}{} FROM row WHERE trace = ? ORDER BY {}", kSettingColumns,
                                        figure_columns(), kSettingColumns));
  all.bind(*trace);
  while (all.step()) {
    Row& row = rows.emplace_back();
    row.setting.profile = profile::find(all.text());
    if (row.setting.profile == nullptr) database_->fail("a row's profile is unknown");
    for (std::int32_t& t : row.setting.threshold) t = static_cast<std::int32_t>(all.number());
    row.setting.enabled = all.number() != 0;
    row.setting.freeze_at = all.number();
    read_figures(all, row);
  }
  return rows;
}

}  // namespace gcsim::sweep
