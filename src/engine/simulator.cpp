#include "gcsim/engine/simulator.h"

#include "allocate.h"
#include "apply.h"
#include "collect.h"
#include "constants.h"
#include "containers.h"
#include "deallocate.h"
#include "engine.h"
#include "introspect.h"
#include "mark_sweep.h"
#include "modules.h"
#include "scopes.h"

namespace gcsim::engine {

template class Engine<true>;
template class Engine<false>;

std::unique_ptr<Simulator> Simulator::create(const Settings& settings, Observer* observer) {
  if (observer == nullptr) return std::make_unique<Engine<false>>(settings, nullptr);
  return std::make_unique<Engine<true>>(settings, observer);
}

}  // namespace gcsim::engine
