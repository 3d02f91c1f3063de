// What a generated program still reaches: its names, its objects and their references.
//
// The model holds exactly the objects that names reach. One that they lose is gone for good, whatever the
// interpreter may do with it later: no version frees anything that is in here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace gcsim::generate {

// What can be done with an object.
enum class Kind : std::uint8_t {
  list,
  dict,
  set,
  tuple,
  hashable_tuple,  // of values only: an element for sets
  leaf,
  instance,    // has a __dict__ and can be referred to weakly
  slotted,     // has slots instead
  bare,        // has neither: a class with empty slots
  attributes,  // the __dict__ of an instance: its entries are kept there, and unknown once that is gone
  weakref,
};
inline constexpr std::size_t kKinds = 11;

using Index = std::uint32_t;
inline constexpr Index kNobody = 0xffffffffu;
inline constexpr Index kNoneObject = 0xfffffffeu;  // None: always there, never counted

// An ID or another name: a letter and a number.
struct Word {
  char letter = 0;
  std::uint32_t number = 0;
};

struct Reference {
  std::uint32_t key = 0;  // of a dict, an attribute or a set's element; nothing in a sequence
  Index to = kNoneObject;
};

struct Object {
  Object() = default;
  explicit Object(Kind its_kind, Word its_id = {}) : kind(its_kind), id(its_id) {}

  Kind kind = Kind::list;
  Word id;
  std::uint32_t type = 0;   // which class an instance has
  std::uint32_t value = 0;  // equal for equal values, if it is hashable
  std::vector<Reference> references;
  std::uint32_t unknown_items = 0;  // under keys that nobody knows, as popitem takes another one in 2.7
  Index dict = kNobody;             // an instance's `attributes`, if they have an ID
  Index owner = kNobody;            // of `attributes`: the instance
  std::uint32_t referents = 0;      // references to it, from names too
  std::uint32_t names = 0;
  Index holder = kNobody;  // an object that refers to it: a way upwards
  std::uint32_t place = 0;
  std::uint64_t mark = 0;
};

struct Name {
  Word word;
  Index object = kNobody;
};

class Model {
 public:
  const Object& operator[](Index object) const { return objects_[object]; }
  const std::vector<Index>& of_kind(Kind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
  const std::vector<Name>& names() const { return names_; }

  // A new object. The caller binds a name to it.
  Index add(Object object);
  void bind(Word name, Index object);
  void rebind(std::size_t name, Index object);
  void unbind(std::size_t name);

  void refer(Index from, std::uint32_t key, Index to);
  void replace(Index from, std::size_t at, Index to);
  void forget(Index from, std::size_t at);
  void forget_all(Index from);
  // An item under a key that nobody knows has gone, and so all keys are unknown now.
  void pop_unknown(Index from);
  // A key that was added may have been an unknown one.
  void know_one_more(Index home);
  void set_dict(Index instance, Index attributes);

  // Lets go of what names do not reach any more. After each event, or the model holds too much.
  void settle();
  // Those that went since the last call, in an order that follows from the events.
  std::vector<Object> take_lost();
  std::uint64_t visits() const { return visits_; }

 private:
  static constexpr int kStepsUp = 16;

  Index take_place();
  void acquire(Index object, Index holder);
  void release(Index object, Index holder);
  bool is_surely_reached(Index object) const;
  void let_go(Index object);
  void remove(Index object);
  void sweep();
  void mark_reached();
  void reach(Index object, Index holder, std::vector<Index>& pending);

  std::vector<Object> objects_;
  std::vector<Index> free_places_;
  std::array<std::vector<Index>, kKinds> kinds_;
  std::vector<Name> names_;
  std::vector<Index> doomed_;  // without references
  std::vector<Object> lost_;
  bool must_sweep_ = false;
  std::uint64_t epoch_ = 0;
  std::uint64_t visits_ = 0;
};

}  // namespace gcsim::generate
