#include "words.h"

namespace gcsim::report {

std::string_view name_of(engine::CollectionReason reason) {
  switch (reason) {
    case engine::CollectionReason::threshold: return "threshold";
    case engine::CollectionReason::explicit_call: return "gc.collect";
    case engine::CollectionReason::exit: return "exit";
    case engine::CollectionReason::no_slot: return "no slot";
  }
  return "";
}

std::string_view name_of(profile::Reclamation reclamation) {
  switch (reclamation) {
    case profile::Reclamation::counting_and_cycles: return "generations";
    case profile::Reclamation::counting_only: return "none";
    case profile::Reclamation::mark_and_sweep: return "mark-sweep";
  }
  return "";
}

std::string_view name_of(engine::Phase phase) {
  switch (phase) {
    case engine::Phase::merge_younger: return "merge_younger";
    case engine::Phase::update_refs: return "update_refs";
    case engine::Phase::subtract_refs: return "subtract_refs";
    case engine::Phase::move_unreachable: return "move_unreachable";
    case engine::Phase::unreachable: return "unreachable";
    case engine::Phase::handle_weakrefs: return "handle_weakrefs";
    case engine::Phase::finalize_garbage: return "finalize_garbage";
    case engine::Phase::handle_resurrected: return "handle_resurrected";
    case engine::Phase::delete_garbage: return "delete_garbage";
    case engine::Phase::mark: return "mark";
    case engine::Phase::sweep: return "sweep";
  }
  return "";
}

bool shows_gc_refs(engine::Phase phase) {
  return phase == engine::Phase::update_refs || phase == engine::Phase::subtract_refs;
}

}  // namespace gcsim::report
