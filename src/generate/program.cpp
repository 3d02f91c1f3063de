#include "program.h"

#include <algorithm>
#include <utility>

namespace gcsim::generate {

namespace {

constexpr std::size_t kLargeText = std::size_t{1} << 16;

std::string text_of(Word word) {
  return word.letter + std::to_string(word.number);
}

std::string key_text(std::uint32_t key) {
  return (key & kDictKey) != 0 ? "k" + std::to_string(key & ~kDictKey) : "a" + std::to_string(key);
}

bool is_hashable(Kind kind) {
  return kind == Kind::leaf || kind == Kind::hashable_tuple;
}

std::size_t find_key(const std::vector<Reference>& references, std::uint32_t key) {
  std::size_t at = 0;
  while (at < references.size() && references[at].key != key) ++at;
  return at;
}

}  // namespace

void Program::line(std::string_view text) {
  text_ += text;
  text_ += '\n';
}

void Program::flush() {
  write_(text_);
  text_.clear();
}

void Program::end_event() {
  model_.settle();
  if (text_.size() > kLargeText) flush();
}

void Program::say(std::string_view event) {
  if (!is_full()) {
    line(event);
    ++events_;
  }
  end_event();
}

std::string Program::word_of(Index object) const {
  return object == kNoneObject ? "None" : text_of(model_[object].id);
}

std::uint32_t Program::number_of(const std::string& value) {
  const auto [place, is_new] = values_.emplace(value, static_cast<std::uint32_t>(value_texts_.size()));
  if (is_new) value_texts_.push_back(value);
  return place->second;
}

void Program::bind_next_to(std::size_t name) {
  next_birth_ = Birth::bound_name;
  birth_name_ = name;
}

Index Program::alloc(Object object, char letter, std::string_view what) {
  object.id = fresh(letter);
  std::string event = "alloc " + text_of(object.id) + " ";
  event += what;
  const Birth birth = std::exchange(next_birth_, Birth::own_name);
  Word name = object.id;
  if (birth == Birth::new_name) name = fresh('n');
  if (birth == Birth::bound_name) name = model_.names()[birth_name_].word;
  if (birth != Birth::own_name) event += " as " + text_of(name);
  const Index born = model_.add(std::move(object));
  if (birth == Birth::bound_name) {
    model_.rebind(birth_name_, born);
  } else {
    model_.bind(name, born);
  }
  say(event);
  return born;
}

Index Program::alloc_leaf(const Leaf& leaf) {
  std::string what(leaf.type);
  if (!leaf.literal.empty()) what += " " + leaf.literal;
  Object born(Kind::leaf);
  born.value = number_of(leaf.value);
  return alloc(std::move(born), 'v', what);
}

Index Program::alloc_tuple(const std::vector<Index>& elements) {
  Object tuple(elements.empty() ? Kind::tuple : Kind::hashable_tuple);
  std::string what = "tuple";
  std::string value = "(";
  for (const Index element : elements) {
    what += " " + word_of(element);
    if (element == kNoneObject || !is_hashable(model_[element].kind)) {
      tuple.kind = Kind::tuple;
    } else {
      value += value_texts_[model_[element].value] + ",";
    }
  }
  if (tuple.kind == Kind::hashable_tuple) tuple.value = number_of(value + ")");
  for (const Index element : elements) tuple.references.push_back({0, element});
  return alloc(std::move(tuple), 't', what);
}

Index Program::alloc_instance(const Class& of, std::uint32_t type) {
  Object born(of.kind);
  born.type = type;
  return alloc(std::move(born), 'i', of.name);
}

Index Program::weakref(Index referent, bool with_callback) {
  const Word id = fresh('w');
  const Index born = model_.add(Object(Kind::weakref, id));
  model_.bind(id, born);
  say("weakref " + text_of(id) + " " + word_of(referent) + (with_callback ? " callback" : ""));
  return born;
}

void Program::bind(Index object) {
  const Word name = fresh('n');
  model_.bind(name, object);
  say("ref " + text_of(name) + " " + word_of(object));
}

void Program::rebind(std::size_t name, Index object) {
  const std::string event = "ref " + text_of(model_.names()[name].word) + " " + word_of(object);
  model_.rebind(name, object);
  say(event);
}

void Program::del(std::vector<std::size_t> names) {
  std::string event = "del";
  for (const std::size_t name : names) event += " " + text_of(model_.names()[name].word);
  std::sort(names.rbegin(), names.rend());  // the last place first: unbinding fills it with the last name
  for (const std::size_t name : names) model_.unbind(name);
  say(event);
}

void Program::del_id(Index object) {
  const Word id = model_[object].id;
  const std::vector<Name>& names = model_.names();
  for (std::size_t at = names.size(); at-- > 0;) {
    if (names[at].word.number == id.number) return del({at});
  }
}

void Program::del_resurrected(Word id) {
  say("del R_" + text_of(id));
}

void Program::append(Index list, Index value) {
  const std::string event = "ref " + word_of(list) + "[] " + word_of(value);
  model_.refer(list, 0, value);
  say(event);
}

void Program::assign(Index list, std::size_t at, Index value) {
  const std::string event = "ref " + word_of(list) + "[" + std::to_string(at) + "] " + word_of(value);
  model_.replace(list, at, value);
  say(event);
}

Index Program::home_of(Index dict) const {
  return model_[dict].kind == Kind::attributes ? model_[dict].owner : dict;
}

// A key that is not known may be one of the unknown ones.
void Program::store(Index home, std::uint32_t key, Index value) {
  if (home == kNobody) return;
  const std::size_t at = find_key(model_[home].references, key);
  if (at < model_[home].references.size()) {
    model_.replace(home, at, value);
  } else {
    model_.refer(home, key, value);
    model_.know_one_more(home);
  }
}

void Program::set_item(Index dict, std::uint32_t key, Index value) {
  const std::string event = "ref " + word_of(dict) + "[" + key_text(key) + "] " + word_of(value);
  store(home_of(dict), key, value);
  say(event);
}

void Program::set_attribute(Index instance, std::uint32_t name, Index value) {
  const std::string event = "setattr " + word_of(instance) + " " + key_text(name) + " " + word_of(value);
  store(instance, name, value);
  say(event);
}

void Program::add(Index set, Index element) {
  const std::uint32_t value = model_[element].value;
  const std::string event = "ref " + word_of(set) + "[] " + word_of(element);
  const std::vector<Reference>& elements = model_[set].references;
  if (find_key(elements, value) == elements.size()) model_.refer(set, value, element);
  say(event);
}

void Program::pop(Index list) {
  model_.forget(list, model_[list].references.size() - 1);
  say("unref " + word_of(list) + "[]");
}

void Program::delete_at(Index list, std::size_t at) {
  model_.forget(list, at);
  say("unref " + word_of(list) + "[" + std::to_string(at) + "]");
}

void Program::remove(Index list, std::size_t at) {
  const std::vector<Reference>& elements = model_[list].references;
  const Index element = elements[at].to;
  std::size_t first = 0;
  while (elements[first].to != element) ++first;
  const std::string event = "unref " + word_of(list) + "[] " + word_of(element);
  model_.forget(list, first);
  say(event);
}

void Program::pop_item(Index dict) {
  model_.pop_unknown(home_of(dict));
  say("unref " + word_of(dict) + "[]");
}

void Program::delete_item(Index dict, std::size_t at) {
  const Index home = home_of(dict);
  const std::string event = "unref " + word_of(dict) + "[" + key_text(model_[home].references[at].key) + "]";
  model_.forget(home, at);
  say(event);
}

void Program::delete_attribute(Index instance, std::size_t at) {
  const std::string event =
      "delattr " + word_of(instance) + " " + key_text(model_[instance].references[at].key);
  model_.forget(instance, at);
  say(event);
}

void Program::discard(Index set, std::size_t at) {
  const std::string event = "unref " + word_of(set) + "[] " + word_of(model_[set].references[at].to);
  model_.forget(set, at);
  say(event);
}

void Program::clear(Index container) {
  const Index home = home_of(container);
  if (home != kNobody) model_.forget_all(home);
  say("clear " + word_of(container));
}

// Its ID is another name of the same object if the dict has one already.
void Program::request_dict(Index instance, bool by_name) {
  std::string event = "dict " + word_of(instance);
  if (by_name) {
    const Word id = fresh('d');
    if (model_[instance].dict == kNobody) {
      model_.set_dict(instance, model_.add(Object(Kind::attributes, id)));
    }
    model_.bind(id, model_[instance].dict);
    event += " " + text_of(id);
  }
  say(event);
}

void Program::inspect(Index object) {
  say("inspect refcount " + word_of(object));
}

}  // namespace gcsim::generate
