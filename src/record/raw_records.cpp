#include "raw_records.h"

#include "../../tools/record/raw_codes.h"

namespace gcsim::record {

bool RawRecords::next(RawRecord& record) {
  const std::size_t begin = at_;
  if (at_ == bytes_.size()) return false;
  const auto code = static_cast<unsigned char>(bytes_[at_++]);
  record.code = code;
  if (code >= kRawDeath) record.code = kRawDeath;
  if (code >= kRawBirth) record.code = kRawBirth;
  record.flags = code - record.code;
  record.back.clear();
  if (fields(record)) return true;
  at_ = begin;
  return false;
}

bool RawRecords::fields(RawRecord& r) {
  switch (r.code) {
    case kRawTick: return true;
    case kRawType:
    case kRawStopped:
    case kRawEvent: return text(r.text);
    case kRawUntracked:
    case kRawTrack:
    case kRawUntrack:
    case kRawAtomic:
    case kRawMemory: return number(r.number);
    case kRawGarbage: return number(r.number) && number(r.second) && number(r.third);
    case kRawResize:
    case kRawElder:
    case kRawBirth: return number(r.number) && number(r.second);
    case kRawEdges: return references(r.back);
    case kRawMember: return number(r.number) && number(r.second) && references(r.back);
    case kRawDeath:
      if (!number(r.number)) return false;
      return (r.flags & kRawIsPinned) == 0 || (number(r.second) && references(r.back));
    case kRawEnd:
      for (std::uint64_t& each : r.end) {
        if (!number(each)) return false;
      }
      return true;
    default: return false;
  }
}

bool RawRecords::number(std::uint64_t& number) {
  number = 0;
  for (unsigned shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool RawRecords::text(std::string_view& text) {
  std::uint64_t length = 0;
  if (!number(length) || length > bytes_.size() - at_) return false;
  text = bytes_.substr(at_, length);
  at_ += length;
  return true;
}

bool RawRecords::references(std::vector<std::uint64_t>& back) {
  std::uint64_t count = 0;
  if (!number(count) || count > bytes_.size() - at_) return false;
  for (; count > 0; --count) {
    if (!number(back.emplace_back())) return false;
  }
  return true;
}

}  // namespace gcsim::record
