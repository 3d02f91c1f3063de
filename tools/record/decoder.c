#include "decoder.h"

#include <string.h>

// How an instruction goes on behind its opcode.
enum shape {
  kUnknown,
  kPlain,       // nothing
  kModrm,       // ModRM
  kModrmImm8,   // ModRM, 1 byte
  kModrmImm32,  // ModRM, 4 bytes (2 with the prefix 66)
  kImm8,
  kImm32,
  kImmFull,  // mov reg, imm: 4 bytes, 8 with REX.W
  kGroup3,   // F6, F7: an immediate for `test` only
  kRel8,
  kRel32,
};

static enum shape shape_of_one_byte(uint8_t op) {
  if (op < 0x40) {  // add, or, adc, sbb, and, sub, xor, cmp in their six forms
    switch (op & 7) {
      case 0:
      case 1:
      case 2:
      case 3: return kModrm;
      case 4: return kImm8;
      case 5: return kImm32;
      default: return kUnknown;
    }
  }
  if (op >= 0x50 && op <= 0x5f) return kPlain;  // push, pop
  if (op >= 0x70 && op <= 0x7f) return kRel8;
  if (op >= 0xb0 && op <= 0xb7) return kImm8;
  if (op >= 0xb8 && op <= 0xbf) return kImmFull;
  switch (op) {
    case 0x63:
    case 0x84:
    case 0x85:
    case 0x86:
    case 0x87:
    case 0x88:
    case 0x89:
    case 0x8a:
    case 0x8b:
    case 0x8d:
    case 0xd1:
    case 0xd3:
    case 0xfe:
    case 0xff: return kModrm;
    case 0x6b:
    case 0x80:
    case 0x83:
    case 0xc0:
    case 0xc1:
    case 0xc6: return kModrmImm8;
    case 0x69:
    case 0x81:
    case 0xc7: return kModrmImm32;
    case 0x6a:
    case 0xa8: return kImm8;
    case 0x68:
    case 0xa9: return kImm32;
    case 0x90:
    case 0x98:
    case 0x99:
    case 0xc3:
    case 0xc9: return kPlain;
    case 0xf6:
    case 0xf7: return kGroup3;
    case 0xe8:
    case 0xe9: return kRel32;
    case 0xeb: return kRel8;
    default: return kUnknown;
  }
}

static enum shape shape_of_two_bytes(uint8_t op) {
  if (op >= 0x80 && op <= 0x8f) return kRel32;
  if ((op >= 0x40 && op <= 0x4f) || (op >= 0x90 && op <= 0x9f)) return kModrm;  // cmov, set
  switch (op) {
    case 0x0b: return kPlain;  // ud2
    case 0x10:
    case 0x11:
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
    case 0x17:
    case 0x1e:
    case 0x1f:
    case 0x28:
    case 0x29:
    case 0x2a:
    case 0x2c:
    case 0x2d:
    case 0x2e:
    case 0x2f:
    case 0x51:
    case 0x54:
    case 0x57:
    case 0x58:
    case 0x59:
    case 0x5a:
    case 0x5c:
    case 0x5e:
    case 0x6c:
    case 0x6e:
    case 0x6f:
    case 0x7e:
    case 0x7f:
    case 0xa3:
    case 0xab:
    case 0xaf:
    case 0xb1:
    case 0xb3:
    case 0xb6:
    case 0xb7:
    case 0xbb:
    case 0xbc:
    case 0xbd:
    case 0xbe:
    case 0xbf:
    case 0xc1:
    case 0xd4:
    case 0xd6:
    case 0xef: return kModrm;
    case 0x70:
    case 0xa4:
    case 0xba:
    case 0xc6: return kModrmImm8;
    default: return kUnknown;
  }
}

// The bytes of ModRM, SIB and displacement; notes a displacement from RIP.
static uint8_t modrm_length(const uint8_t* at, uint8_t offset, struct instruction* out) {
  const uint8_t mod = at[0] >> 6;
  const uint8_t rm = at[0] & 7;
  if (mod == 3) return 1;
  uint8_t length = 1;
  if (rm == 4) {
    length = 2;
    if (mod == 0 && (at[1] & 7) == 5) length += 4;
  } else if (mod == 0 && rm == 5) {
    out->relative_at = (uint8_t)(offset + 1);
    out->relative_size = 4;
    return 5;
  }
  if (mod == 1) length += 1;
  if (mod == 2) length += 4;
  return length;
}

bool decode_instruction(const uint8_t* code, struct instruction* out) {
  memset(out, 0, sizeof *out);
  uint8_t at = 0;
  bool is_short_operand = false;
  while (code[at] == 0x66 || code[at] == 0xf2 || code[at] == 0xf3 || code[at] == 0x64) {
    if (code[at] == 0x66) is_short_operand = true;
    if (++at > 4) return false;
  }
  bool is_wide = false;
  if ((code[at] & 0xf0) == 0x40) is_wide = (code[at++] & 8) != 0;
  uint8_t op = code[at++];
  const bool is_two_bytes = op == 0x0f;
  if (is_two_bytes) op = code[at++];
  const enum shape shape = is_two_bytes ? shape_of_two_bytes(op) : shape_of_one_byte(op);
  const uint8_t imm32 = is_short_operand ? 2 : 4;
  switch (shape) {
    case kUnknown: return false;
    case kPlain: break;
    case kImm8: at += 1; break;
    case kImm32: at = (uint8_t)(at + imm32); break;
    case kImmFull: at = (uint8_t)(at + (is_wide ? 8 : imm32)); break;
    case kRel8:
    case kRel32:
      out->relative_at = at;
      out->relative_size = shape == kRel8 ? 1 : 4;
      out->is_branch = true;
      out->is_conditional = is_two_bytes || (op >= 0x70 && op <= 0x7f);
      at = (uint8_t)(at + out->relative_size);
      break;
    default: {
      const uint8_t extension = (uint8_t)(code[at] >> 3) & 7;
      if (!is_two_bytes && op == 0xff && extension == 4) out->ends_flow = true;
      at = (uint8_t)(at + modrm_length(code + at, at, out));
      if (shape == kModrmImm8) at += 1;
      if (shape == kModrmImm32) at = (uint8_t)(at + imm32);
      if (shape == kGroup3 && extension < 2) at = (uint8_t)(at + (op == 0xf6 ? 1 : imm32));
    }
  }
  if (!is_two_bytes && (op == 0xe9 || op == 0xeb || op == 0xc3)) out->ends_flow = true;
  out->length = at;
  return true;
}

static int64_t relative_of(const uint8_t* code, const struct instruction* i) {
  if (i->relative_size == 1) return (int8_t)code[i->relative_at];
  int32_t value;
  memcpy(&value, code + i->relative_at, 4);
  return value;
}

// Writes the instruction for its new place. A short branch becomes a long one. Returns its length, 0 if the
// target is out of reach.
static size_t relocate(const uint8_t* code, const struct instruction* i, uint64_t target, uint8_t* copy,
                       uint64_t copy_address) {
  size_t length = i->length;
  size_t relative_at = i->relative_at;
  if (i->relative_size == 1) {
    const uint8_t op = code[i->relative_at - 1u];
    if (i->is_conditional) {
      copy[0] = 0x0f;
      copy[1] = (uint8_t)(op + 0x10);
      relative_at = 2;
    } else {
      copy[0] = 0xe9;
      relative_at = 1;
    }
    length = relative_at + 4;
  } else {
    memcpy(copy, code, length);
  }
  const int64_t distance = (int64_t)(target - (copy_address + length));
  if (distance != (int32_t)distance) return 0;
  const int32_t value = (int32_t)distance;
  memcpy(copy + relative_at, &value, 4);
  return length;
}

bool copy_instructions(const uint8_t* code, uint64_t code_address, size_t wanted, uint8_t* copy,
                       uint64_t copy_address, struct copied_code* out) {
  memset(out, 0, sizeof *out);
  while (out->taken < wanted) {
    struct instruction i;
    const uint8_t* at = code + out->taken;
    if (out->ends_flow) {
      out->problem = "the function ends too early";
      return false;
    }
    if (!decode_instruction(at, &i)) {
      out->problem = "an instruction at its beginning is not known";
      return false;
    }
    if (out->written + i.length + 6u > kLongestCopy) {
      out->problem = "its first instructions are too long";
      return false;
    }
    size_t written = i.length;
    if (i.relative_at == 0) {
      memcpy(copy + out->written, at, i.length);
    } else {
      const uint64_t target = code_address + out->taken + i.length + (uint64_t)relative_of(at, &i);
      if (i.is_branch && target > code_address && target < code_address + wanted) {
        out->problem = "it branches into its own beginning";
        return false;
      }
      written = relocate(at, &i, target, copy + out->written, copy_address + out->written);
      if (written == 0) {
        out->problem = "what its first instructions refer to is too far away";
        return false;
      }
    }
    out->taken += i.length;
    out->written += written;
    out->ends_flow = i.ends_flow;
  }
  return true;
}

bool branches_into_start(const uint8_t* code, size_t length, size_t taken) {
  for (size_t at = 0; at + 16 < length;) {
    struct instruction i;
    if (!decode_instruction(code + at, &i))
      return false;  // from here on nothing is known: no reason to refuse
    if (i.is_branch) {
      const int64_t target = (int64_t)(at + i.length) + relative_of(code + at, &i);
      if (target > 0 && target < (int64_t)taken) return true;
    }
    at += i.length;
  }
  return false;
}
