// Turns the words of an event into its fields: what is the same in every encoding.
//
// Each function takes words with their places and fills in one field. It answers false if something is
// wrong; problem() then says what, with the place of the word in question.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "forms.h"
#include "gcsim/trace/event.h"
#include "gcsim/trace/vocabulary.h"
#include "problem.h"

namespace gcsim::trace {

class EventBuilder {
 public:
  explicit EventBuilder(Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  // Recordings: an unknown type is declared when it is met.
  void declare_unknown_types() { declares_unknown_ = true; }

  // The operation of an event to come; its operands go to this batch.
  Event begin(Op op, EventBatch& batch);
  // Ends the event that begin() began: with its source, or without having happened.
  void commit(Event& event, const SourceRange& source);
  void discard(const Event& event);

  bool operand(const Piece& word, SymbolId& into);               // an object's ID or None
  bool new_word(const Piece& word, SymbolId& into);              // a new ID or a name: not None
  bool item(const Piece& word);                                  // one more operand, an ID or None
  std::size_t items() const { return batch_->operands.size(); }  // operands of the batch so far
  bool name_item(const Piece& word);                             // one more operand, a name
  bool threshold(const Piece& word);                             // one more operand, a number
  bool key(const Piece& word, Event& event);
  bool function(const Piece& word, Event& event);
  bool attribute(const Piece& word, Event& event);
  // The type of an alloc; `event` has its subject already.
  bool type(const Piece& word, Event& event);
  // The type of a value that is written out: int, float or str.
  bool value_type(const Piece& word, Event& event);
  Kind kind(const Event& event) const;
  bool literal(const Piece& word, Event& event);
  bool number(const Piece& word, std::int64_t lowest, std::int64_t highest, std::uint32_t& into);
  bool debug_flags(const Piece& word, std::uint32_t& into);
  // NAME=ID: two more operands, the name and the object.
  bool argument(const Piece& word);
  bool argument(const Piece& name, const Piece& object);
  // The type of an exception by its built-in name.
  bool exception(const Piece& word, Event& event);
  // What the fields of a row are if they are left out.
  bool preset(Event& event);
  // One word of a row of fields.
  bool fill(Fill fill, const Piece& word, Event& event);
  bool module(const Piece& word, Event& event);
  bool member(const Piece& word, Event& event);
  // Binds the name of a resurrecting finalizer and the ID itself where nothing else is said.
  void complete_alloc(Event& event);

  // Whether words with a dot may be globals of modules.
  bool has_imports() const { return has_imports_; }

  bool fail(Fault fault, std::size_t offset, std::string expected, std::string got, std::string note = "");
  const Problem& problem() const { return problem_; }

 private:
  Vocabulary& vocabulary_;
  EventBatch* batch_ = nullptr;
  std::size_t begin_ = 0;  // of the event's operands
  Problem problem_;
  std::string scratch_;
  bool declares_unknown_ = false;
  bool has_imports_ = false;  // words with a dot may be globals of modules from now on

  bool unknown_type(const Piece& word);
  void note_global(std::string_view word, SymbolId symbol);
  bool too_many_types(const Piece& word);
  bool not_an_id(const Piece& word, std::string_view expected);
};

// A key that can also be a list index: decimal digits only. Else kNoIndex.
std::uint32_t index_of(std::string_view key);

// The number of a word, or what is wrong with it. Headers share it.
bool read_number(const Piece& word, std::int64_t lowest, std::int64_t highest, std::int64_t& into,
                 Problem& problem);

}  // namespace gcsim::trace
