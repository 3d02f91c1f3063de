// What must hold whatever bytes a reader is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gcsim/trace/reader.h"

namespace gcsim::trace {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

class ReaderCheck {
 public:
  // What positions are in: the lines of the input, or its bytes (binary traces, whose events stand in the
  // lines of another file).
  enum class Places : std::uint8_t { lines, bytes };

  ReaderCheck(std::string_view bytes, std::string name, Places places = Places::lines)
      : bytes_(bytes), name_(std::move(name)), places_(places) {}

  void run() {
    auto opened = open(memory_source(bytes_), name_);
    if (const auto* error = std::get_if<TraceError>(&opened)) {
      check(*error);
      return;
    }
    reader_ = std::move(std::get<std::unique_ptr<Reader>>(opened));
    EventBatch batch;
    for (;;) {
      const Reader::Status status = reader_->next(batch);
      if (status == Reader::Status::fault) {
        check(reader_->error());
        continue;
      }
      check(batch);
      if (status == Reader::Status::end) break;
    }
    require(reader_->next(batch) == Reader::Status::end, "an end stays an end");
  }

 private:
  std::string_view bytes_;
  std::string name_;
  Places places_;
  std::unique_ptr<Reader> reader_;
  EventIndex events_ = 0;

  // The line of the input with this number, without its line feed; or the end of the input behind a last
  // line feed.
  std::string_view line(std::uint64_t number) const {
    std::size_t begin = 0;
    for (; number > 1; --number) {
      const std::size_t feed = bytes_.find('\n', begin);
      require(feed != std::string_view::npos, "a line lies inside the input");
      begin = feed + 1;
    }
    return bytes_.substr(begin, std::min(bytes_.find('\n', begin), bytes_.size()) - begin);
  }

  void check_place(const Position& where) const {
    require(where.file == name_, "a position is in the file that is read");
    if (where.byte) require(*where.byte <= bytes_.size(), "a byte lies inside the input");
    if (where.line == 0 || places_ == Places::bytes) return;
    // One column behind the last is where something is missing.
    require(where.column <= line(where.line).size() + 1, "a column lies inside its line");
  }

  void check(const TraceError& error) const {
    check_place(error.where);
    require(!format(error).empty(), "an error can be printed");
    require(error.source_column >= 1, "columns count from 1");
    if (error.where.column > 0 && error.where.line > 0 && !error.source.empty()) {
      require(error.where.column >= error.source_column, "the source shown begins before the column");
      require(error.where.column - error.source_column <= error.source.size(),
              "the source shown has the column");
    }
  }

  void check_symbol(SymbolId symbol) {
    if (symbol == kNoSymbol) return;
    require(raw(symbol) < reader_->vocabulary().symbols.capacity(), "a symbol is known");
    require(!reader_->vocabulary().symbols.word(raw(symbol)).empty(), "a symbol has a word");
  }

  void check(const EventBatch& batch) {
    require(batch.first == events_ + 1, "batches follow each other");
    require(batch.events.size() == batch.sources.size() ||
                (batch.sources.empty() && !batch.line_runs.empty()) || batch.events.empty(),
            "each event has its source, or its line");
    for (std::size_t i = 0; i < batch.events.size(); ++i) check(batch, i);
    events_ += batch.events.size();
    for (const Expectation& each : batch.expectations) {
      require(each.event >= 1 && each.event <= events_, "an expectation is about an event");
      check_place({name_, each.line, each.column});
    }
  }

  void check(const EventBatch& batch, std::size_t i) {
    const Event& event = batch.events[i];
    check_symbol(event.subject);
    check_symbol(event.value);
    check_symbol(event.name);
    require(static_cast<std::size_t>(event.type) < reader_->vocabulary().types().size(), "a type is known");
    require(event.operand_begin + event.operand_count <= batch.operands.size(), "operands lie in the batch");
    const bool has_words =
        event.op == Op::alloc || event.op == Op::del || event.op == Op::die || event.op == Op::garbage;
    if (has_words) {
      for (const std::uint32_t operand : batch.operands_of(event)) check_symbol(SymbolId{operand});
    }
    const bool has_literal =
        event.op == Op::alloc || event.op == Op::load_constant || event.op == Op::add_in_place;
    if (has_literal && event.literal != kNoLiteral) {
      require(raw(event.literal) < reader_->vocabulary().literals().size(), "a literal is known");
    } else if (!has_literal && event.key != kNoKey) {
      require(raw(event.key) < reader_->vocabulary().keys.capacity(), "a key is known");
    }
    require(reader_->line_of(batch.first + i) == batch.line(i), "an event's line is remembered");
    if (!batch.sources.empty()) {
      const SourceRange& source = batch.sources[i];
      require(source.offset + std::size_t{source.length} <= batch.text.size(), "a source lies in the batch");
      check_place({name_, source.line, source.column});
    }
    for (int operand = 0; operand <= static_cast<int>(Operand::item); ++operand) {
      check_place(reader_->locate(batch, i, static_cast<Operand>(operand), event.operand_count / 2).where);
    }
  }
};

}  // namespace gcsim::trace
