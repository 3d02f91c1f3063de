// Where x86-64 instructions end, and what of them must change when they are copied elsewhere.
//
// Only what compilers put at the beginning of functions is known; anything else is refused, never guessed.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct instruction {
  uint8_t length;         // bytes
  uint8_t relative_at;    // where in it a displacement from its end stands; 0: it has none
  uint8_t relative_size;  // 1 or 4 bytes
  bool is_branch;         // a jump or call: the displacement leads to code, not to data
  bool is_conditional;    // jcc
  bool ends_flow;         // jmp or ret: what follows is not reached from here
};

bool decode_instruction(const uint8_t* code, struct instruction* out);

// Copies whole instructions from `code` until at least `wanted` bytes are covered, so that they do the same
// at `copy`, which will run at the address `copy_address`. `code_address` is where the original runs. Returns
// false, with a reason, if something is not known or leaves the reach of 32 bits.
struct copied_code {
  size_t taken;    // bytes of the original
  size_t written;  // bytes of the copy; at most kLongestCopy
  bool ends_flow;  // the copy's last instruction never falls through
  const char* problem;
};
enum { kJumpLength = 5, kLongestCopy = 64 };
bool copy_instructions(const uint8_t* code, uint64_t code_address, size_t wanted, uint8_t* copy,
                       uint64_t copy_address, struct copied_code* out);

// Whether a branch found in the first `length` bytes of the function leads into its bytes 1 .. `taken` - 1.
bool branches_into_start(const uint8_t* code, size_t length, size_t taken);
