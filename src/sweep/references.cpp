#include "references.h"

namespace gcsim::sweep {

References::Node& References::node(std::uint32_t i) {
  if (i >= nodes_.size()) nodes_.resize(i + 1 + nodes_.size() / 2);
  return nodes_[i];
}

void References::add(std::uint32_t holder, std::uint32_t child) {
  std::uint32_t edge;
  if (free_.empty()) {
    edge = static_cast<std::uint32_t>(edges_.size());
    edges_.emplace_back();
  } else {
    edge = free_.back();
    free_.pop_back();
  }
  node(holder).out.push_back(edge);
  Node& held = node(child);
  edges_[edge] = {holder, child, static_cast<std::uint32_t>(held.in.size())};
  held.in.push_back(edge);
}

bool References::remove(std::uint32_t holder, std::uint32_t child) {
  if (holder >= nodes_.size()) return false;
  std::vector<std::uint32_t>& out = nodes_[holder].out;
  for (std::size_t k = out.size(); k-- > 0;) {
    const std::uint32_t edge = out[k];
    if (edges_[edge].child != child) continue;
    out[k] = out.back();
    out.pop_back();
    cut(edge);
    return true;
  }
  return false;
}

// From its child; its holder has done so.
void References::cut(std::uint32_t edge) {
  std::vector<std::uint32_t>& in = nodes_[edges_[edge].child].in;
  const std::uint32_t place = edges_[edge].place;
  in[place] = in.back();
  edges_[in[place]].place = place;
  in.pop_back();
  free_.push_back(edge);
}

}  // namespace gcsim::sweep
