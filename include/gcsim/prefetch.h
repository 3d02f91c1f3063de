// Asks for memory before it is needed.
#pragma once

namespace gcsim {

// Changes nothing but time; the address may be any. GCC takes a function that does no more than this for one
// without effects, and drops the calls of it: the empty assembly, which it must keep, is an effect.
[[gnu::always_inline]] inline void prefetch(const void* address) {
  __builtin_prefetch(address);
  asm volatile("");
}

}  // namespace gcsim
