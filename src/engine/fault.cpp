#include "gcsim/engine/fault.h"

namespace gcsim::engine {

std::string_view transcript_word(trace::Fault fault) {
  using trace::Fault;
  switch (fault) {
    case Fault::unknown_id:
    case Fault::dead_object: return "dead";
    case Fault::duplicate_id: return "exists";
    case Fault::unbound_name: return "unbound";
    case Fault::missing_key:
    case Fault::unknown_module:
    case Fault::not_executing:
    case Fault::not_held: return "absent";
    case Fault::missing_attribute: return "attribute";
    case Fault::empty_container: return "empty";
    default: return "type";
  }
}

}  // namespace gcsim::engine
