// Fills in the header of a trace: what is the same in text and in JSON.
//
// As in EventBuilder, functions answer false if something is wrong and problem() says what.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/trace/reader.h"
#include "problem.h"

namespace gcsim::trace {

// What a trace says about one class.
struct ClassWords {
  Piece name;
  Finalizer finalizer = Finalizer::none;
  bool has_slots = false;
  std::vector<Piece> slots;
};

class HeaderBuilder {
 public:
  HeaderBuilder(Header& header, Vocabulary& vocabulary) : header_(header), vocabulary_(vocabulary) {}

  // Faults if this word of the header was given before.
  bool once(const Piece& word);
  bool has_any() const { return !given_.empty(); }
  bool version(const Piece& number);
  bool profile(const Piece& name);
  bool threshold(const std::vector<Piece>& numbers);
  bool count(const std::vector<Piece>& numbers);
  bool free_list(const Piece& name, const Piece& held);
  bool long_lived_total(const Piece& number);
  bool tracking(const Piece& word);
  bool available_slots(const std::vector<Piece>& numbers);
  bool recording(const Piece& word);
  bool interval(const Piece& number);
  // One of its three parts: threshold, collections or collected.
  bool observed(const Piece& part, const std::vector<Piece>& numbers);
  // Faults if a part is missing.
  bool observed_all(std::size_t offset);
  bool declare(const ClassWords& words);

  bool fail(Fault fault, std::size_t offset, std::string expected, std::string got, std::string note = "");
  bool fail(Problem problem);
  const Problem& problem() const { return problem_; }
  // Where the profile's name stands in the text it was read from.
  std::size_t profile_offset() const { return profile_offset_; }

 private:
  Header& header_;
  Vocabulary& vocabulary_;
  Problem problem_;
  std::vector<std::string> given_;
  std::size_t profile_offset_ = 0;
  std::vector<std::string> observed_;  // parts given so far

  bool slots(const ClassWords& words, TypeDecl& type);
};

}  // namespace gcsim::trace
