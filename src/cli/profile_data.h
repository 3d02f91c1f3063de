// A profile as a tree of keys and values, to be shown or compared.
#pragma once

#include <nlohmann/json.hpp>

#include "gcsim/profile/profile.h"

namespace gcsim::cli {

nlohmann::ordered_json to_json(const profile::Profile& profile);

}  // namespace gcsim::cli
