// Any bytes, read as text: events, or errors whose positions lie inside the input.
#include <cstddef>
#include <cstdint>

#include "reader_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  gcsim::trace::ReaderCheck(bytes, "input.trace").run();
  return 0;
}
