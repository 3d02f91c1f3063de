// A program that is being made up: one function for each event, which writes it down and keeps the model
// true.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/generate/random.h"
#include "model.h"

namespace gcsim::generate {

// A class of the trace. Its slots are attributes of the same names as everybody's.
struct Class {
  Kind kind = Kind::instance;  // instance, slotted or bare
  bool resurrects = false;
  std::string name;
  std::string options;               // as in the header: "del slots=a1,a0"
  std::vector<std::uint32_t> slots;  // attribute numbers, of a slotted class
};

// A float, int or str: how it is written, and a text that is the same for equal values.
struct Leaf {
  std::string_view type;
  std::string literal;  // empty: a value of its own
  std::string value;
};

// Keys of dicts and names of attributes are numbered apart; a `__dict__` may have both.
constexpr std::uint32_t kDictKey = 0x80000000u;

class Program {
 public:
  Program(std::uint32_t limit, const Write& write) : limit_(limit), write_(write) {}

  const Model& model() const { return model_; }
  const Object& operator[](Index object) const { return model_[object]; }
  std::uint32_t events() const { return events_; }
  // As long as was asked for; events behind this are not written.
  bool is_full() const { return events_ >= limit_; }

  // A line that is not an event.
  void line(std::string_view text);
  void flush();

  // Allocations. They bind the ID, or the name that is set for the next one.
  void bind_next_to_new_name() { next_birth_ = Birth::new_name; }
  void bind_next_to(std::size_t name);
  Index alloc_list() { return alloc(Object(Kind::list), 'l', "list"); }
  Index alloc_dict() { return alloc(Object(Kind::dict), 'd', "dict"); }
  Index alloc_set() { return alloc(Object(Kind::set), 's', "set"); }
  Index alloc_leaf(const Leaf& leaf);
  Index alloc_tuple(const std::vector<Index>& elements);
  Index alloc_instance(const Class& of, std::uint32_t type);
  Index weakref(Index referent, bool with_callback);

  // Names, by their place in model().names().
  void bind(Index object);
  void rebind(std::size_t name, Index object);
  void del(std::vector<std::size_t> names);
  void del_id(Index object);  // the name that is its ID, if that is bound
  void del_resurrected(Word id);

  // References.
  void append(Index list, Index value);
  void assign(Index list, std::size_t at, Index value);
  void set_item(Index dict, std::uint32_t key, Index value);
  void set_attribute(Index instance, std::uint32_t name, Index value);
  void add(Index set, Index element);
  void pop(Index list);
  void delete_at(Index list, std::size_t at);
  void remove(Index list, std::size_t at);  // the first that is this element
  void pop_item(Index dict);
  void delete_item(Index dict, std::size_t at);
  void delete_attribute(Index instance, std::size_t at);
  void discard(Index set, std::size_t at);
  void clear(Index container);
  void request_dict(Index instance, bool by_name);

  // All else: `gc ..`, `inspect ..`, `check`.
  void say(std::string_view event);
  void inspect(Index object);

  // Where the items of a dict or instance are: those of a `__dict__` with its instance.
  Index home_of(Index dict) const;
  std::vector<Object> take_lost() { return model_.take_lost(); }

 private:
  enum class Birth : std::uint8_t { own_name, new_name, bound_name };

  Index alloc(Object object, char letter, std::string_view what);
  void store(Index home, std::uint32_t key, Index value);
  std::uint32_t number_of(const std::string& value);
  Word fresh(char letter) { return {letter, ++words_}; }
  std::string word_of(Index object) const;
  void end_event();

  std::uint32_t limit_;
  const Write& write_;
  std::string text_;
  std::uint32_t events_ = 0;
  std::uint32_t words_ = 0;
  Model model_;
  Birth next_birth_ = Birth::own_name;
  std::size_t birth_name_ = 0;  // of the names, for Birth::bound_name
  std::map<std::string, std::uint32_t> values_;
  std::vector<std::string> value_texts_;
};

}  // namespace gcsim::generate
