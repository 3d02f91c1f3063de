// Writes binary traces.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "binary_format.h"
#include "binary_rows.h"
#include "gcsim/trace/writer.h"

namespace gcsim::trace {

class BinaryWriter final : public Writer {
 public:
  // `block_events`: how many events a block has at most, where there are few types.
  BinaryWriter(const Vocabulary& words, Output output, std::size_t block_events = binary::kBlockEvents)
      : words_(words), output_(std::move(output)), block_events_(block_events) {}

  std::optional<Unsayable> begin(const Header& header) override;
  std::optional<Unsayable> write(const EventBatch& batch) override;
  void finish() override;

 private:
  // The numbers that words have inside a block, by their numbers in the trace.
  class Locals {
   public:
    // The local number; true if the word was not there yet.
    std::pair<std::uint32_t, bool> number_of(std::uint32_t word);
    std::uint32_t size() const { return size_; }
    void clear();

   private:
    struct Entry {
      std::uint32_t block = 0;
      std::uint32_t number = 0;
    };
    std::vector<Entry> entries_;
    std::uint32_t block_ = 1;
    std::uint32_t size_ = 0;
  };

  struct Block {
    WordTable symbols;
    WordTable prefixes;
    std::uint64_t next_number = 0;  // that a word like "o17" has, if it follows the last new one
    std::string symbol_words;
    std::string key_words;
    std::string literal_words;
    std::string operations;
    std::string references;
    std::string numbers;
    std::string expectations;
    std::uint32_t expectation_count = 0;
    std::vector<std::uint64_t> lines;
    EventIndex first = 1;
    bool has_imports = false;  // there were some before it

    std::size_t bytes() const;
  };

  const Vocabulary& words_;
  Output output_;
  std::size_t block_events_;
  Block block_;
  Locals keys_;
  Locals literals_;
  bool has_imports_ = false;
  std::uint64_t offset_ = 0;
  EventIndex events_ = 0;
  std::uint64_t expectations_ = 0;
  std::string checksums_;  // of all blocks so far
  std::string index_;
  std::uint64_t last_offset_ = 0;  // that is in the index

  void emit(binary::BlockHead head, std::string_view contents, bool may_compress);
  bool is_block_full() const;
  void close_block();
  void event(const Event& event, std::span<const std::uint32_t> operands);
  void fields(const binary::Row& row, const Event& event, std::uint8_t fields);
  void operands(const binary::Row& row, std::span<const std::uint32_t> operands);
  void expectation(const Expectation& each);
  void symbol(std::uint32_t symbol, bool is_new_object);
  void new_symbol(std::string_view word, bool is_new_object);
  void key(const binary::Row& row, const Event& event);
  std::string types() const;
  std::string line_runs() const;
};

}  // namespace gcsim::trace
