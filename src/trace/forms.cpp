#include "forms.h"

#include <algorithm>
#include <iterator>

#include "gcsim/trace/spelling.h"

namespace gcsim::trace {

const Form* find_form(Word word, std::string_view action) {
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& each) {
    return each.word == word && each.action == action;
  });
  return form == std::end(kForms) ? nullptr : form;
}

const Form* form_of(Op op) {
  const auto* form =
      std::find_if(std::begin(kForms), std::end(kForms), [op](const Form& each) { return each.op == op; });
  return form == std::end(kForms) ? nullptr : form;
}

bool has_only_forms(Word word) {
  const bool has_form = std::any_of(std::begin(kForms), std::end(kForms),
                                    [word](const Form& each) { return each.word == word; });
  return has_form && word != Word::gc;
}

bool has_actions(Word word) {
  return std::any_of(std::begin(kForms), std::end(kForms),
                     [word](const Form& each) { return each.word == word && !each.action.empty(); });
}

std::vector<std::string_view> actions_of(Word word) {
  std::vector<std::string_view> actions;
  if (word == Word::gc) actions.assign(std::begin(kOwnGcActions), std::end(kOwnGcActions));
  for (const Form& form : kForms) {
    if (form.word == word) actions.push_back(form.action);
  }
  return actions;
}

std::string list_of(const std::vector<std::string_view>& words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += words[i];
  }
  return list;
}

std::optional<Spelling> spelling_of(Op op) {
  const Form* form = form_of(op);
  if (form == nullptr) return std::nullopt;
  return Spelling{kEventWords[static_cast<std::size_t>(form->word)].text, form->action};
}

}  // namespace gcsim::trace
