#include "fast_recording.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "../../tools/record/raw_codes.h"
#include "raw_records.h"

namespace gcsim::record {

namespace {

constexpr std::string_view kMagic = RAW_FAST_MAGIC;
constexpr std::size_t kLongestLine = 1'000'000;  // of a text trace, nearly

// A place in the recording: behind that birth, or behind a tick that came after it.
struct Moment {
  std::uint32_t births = 0;
  std::uint32_t tick = 0;  // 0: behind the birth itself

  auto operator<=>(const Moment&) const = default;
};

// Garbage that hangs together.
struct Component {
  Moment since;
  std::uint32_t births = 0;  // when it was found
  std::uint32_t until = 0;   // it had become garbage when this object was born
  std::size_t at = 0;        // its first member, in the records
  std::uint32_t members = 0;
  bool is_tracked_late = false;  // some of it, before it was found and behind `since`
};

// What must be known before the recording is written as a trace.
struct Survey {
  std::vector<bool> is_untracked;       // by object: not tracked from its birth on
  std::vector<Component> components;    // by the place where they are told
  std::vector<std::size_t> superseded;  // `track` records behind the place where their objects are garbage
  std::vector<std::uint32_t> tracked_late;  // the objects of those
  std::optional<std::array<std::uint64_t, 10>> end;
  std::string stopped;

  bool is_complete() const { return end.has_value() && stopped.empty(); }
};

class Surveyor {
 public:
  explicit Surveyor(std::string_view bytes) : records_(bytes) {}

  Survey run() {
    RawRecord r;
    for (at_ = records_.at(); !survey_.end && records_.next(r); at_ = records_.at()) see(r);
    std::stable_sort(survey_.components.begin(), survey_.components.end(),
                     [](const Component& a, const Component& b) { return a.since < b.since; });
    std::sort(survey_.superseded.begin(), survey_.superseded.end());
    std::sort(survey_.tracked_late.begin(), survey_.tracked_late.end());
    // A component that is not whole is none.
    if (members_left_ > 0)
      std::erase_if(survey_.components, [this](const Component& c) { return c.at == component_.at; });
    return std::move(survey_);
  }

 private:
  std::uint32_t id(std::uint64_t back) const { return births_ - static_cast<std::uint32_t>(back); }

  void see(const RawRecord& r) {
    switch (r.code) {
      case kRawBirth:
      case kRawElder:
        ++births_;
        survey_.is_untracked.resize(births_ + 1);
        break;
      case kRawUntracked: survey_.is_untracked[id(r.number)] = true; break;
      case kRawDeath:
        // Of one that no tick has seen, this is the only word on it.
        if (id(r.number) > births_at_tick_.back() && (r.flags & kRawWasTracked) == 0)
          survey_.is_untracked[id(r.number)] = true;
        latest_ = 0;
        tracked_.erase(id(r.number));
        held_.erase(id(r.number));
        break;
      case kRawTrack:
        // The tick itself comes behind it.
        tracked_[id(r.number)] = {static_cast<std::uint32_t>(births_at_tick_.size()), at_};
        break;
      case kRawTick: births_at_tick_.push_back(births_); break;
      case kRawGarbage: begin_component(r); break;
      case kRawEdges: see_references(r); break;
      case kRawMember: see_member(r); break;
      case kRawStopped: survey_.stopped = r.text; break;
      case kRawEnd: survey_.end = r.end; break;
      default: break;
    }
  }

  void begin_component(const RawRecord& r) {
    const std::size_t tick = births_at_tick_.size() - 1;
    const std::size_t seen = r.second > tick ? 0 : tick - r.second;
    component_ = {{births_at_tick_[seen], static_cast<std::uint32_t>(seen)},
                  births_,
                  births_,
                  records_.at(),
                  static_cast<std::uint32_t>(r.number),
                  false};
    members_left_ = component_.members;
    released_ = id(r.third);
    latest_ = 0;
    members_.clear();
    targets_.clear();
  }

  // What refers to an object was alive when that was born: somebody could store the reference.
  void see_references(const RawRecord& r) {
    for (const std::uint64_t back : r.back) {
      latest_ = std::max(latest_, id(back));
      if (members_left_ > 0) targets_.push_back(id(back));
    }
  }

  void see_member(const RawRecord& r) {
    if (members_left_ == 0) return;
    const std::uint32_t object = id(r.number);
    latest_ = std::max(latest_, object);
    see_references(r);
    members_.push_back(object);
    if (const auto found = tracked_.find(object); found != tracked_.end()) {
      tracks_.push_back({object, found->second});
      tracked_.erase(found);
    }
    if (--members_left_ == 0) end_component();
  }

  void end_component() {
    component_.since = std::max(component_.since, Moment{latest_, 0});
    latest_ = 0;
    see_release();
    see_holders();
    for (const auto& [object, track] : tracks_) {
      if (Moment{births_at_tick_[track.tick], track.tick} <= component_.since) continue;
      component_.is_tracked_late = true;
      survey_.tracked_late.push_back(object);
      survey_.superseded.push_back(track.at);
    }
    tracks_.clear();
    survey_.components.push_back(component_);
  }

  // What died last of all that referred to it was the last thing that did, nearly always.
  void see_release() {
    if (Moment{released_, 0} < component_.since) return;
    component_.since = Moment{released_, 0};
    component_.until = released_;
  }

  // What garbage refers to is not garbage before it.
  void see_holders() {
    for (const std::uint32_t object : members_) {
      const auto found = held_.find(object);
      if (found != held_.end()) component_.since = std::max(component_.since, found->second);
    }
    component_.until = std::max(component_.until, component_.since.births);
    for (const std::uint32_t object : targets_) {
      Moment& until = held_[object];
      until = std::max(until, component_.since);
    }
    for (const std::uint32_t object : members_) held_.erase(object);
  }

  RawRecords records_;
  std::size_t at_ = 0;
  Survey survey_;
  std::uint32_t births_ = 0;
  std::vector<std::uint32_t> births_at_tick_{0};
  struct Track {
    std::uint32_t tick = 0;
    std::size_t at = 0;  // the record
  };
  std::unordered_map<std::uint32_t, Track> tracked_;     // objects that were tracked late, and are alive
  std::vector<std::pair<std::uint32_t, Track>> tracks_;  // those of the component
  Component component_;
  std::uint64_t members_left_ = 0;
  std::vector<std::uint32_t> members_, targets_;    // of the component, and what they refer to
  std::unordered_map<std::uint32_t, Moment> held_;  // objects that earlier garbage refers to, and are alive
  std::uint32_t latest_ = 0;    // the youngest object of the component, or that it refers to
  std::uint32_t released_ = 0;  // the last birth when something died that referred to one of them
};

class FinishedFast : public trace::Source {
 public:
  FinishedFast(MappedFile file, std::string_view header, std::string_view records, Survey survey)
      : file_(std::move(file)),
        bytes_(records),
        records_(records),
        survey_(std::move(survey)),
        text_(header) {
    write_facts();
  }

  std::optional<std::size_t> read(char* into, std::size_t size) override {
    if (at_ == text_.size()) {
      text_.clear();
      at_ = 0;
      while (text_.size() < size && !is_over_) finish_next();
    }
    const std::size_t count = text_.copy(into, size, at_);
    at_ += count;
    return count;
  }

 private:
  std::uint32_t id(std::uint64_t back) const { return births_ - static_cast<std::uint32_t>(back); }

  void put(std::uint64_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    text_.append(digits.data(), end);
  }
  void put(std::string_view text) { text_ += text; }
  template <typename... Parts>
  void line(Parts... parts) {
    (put(parts), ...);
    text_ += '\n';
    ++events_;
  }

  void put_three(std::string_view name, std::size_t first) {
    put(name);
    for (std::size_t k = 0; k < 3; ++k) {
      if (k > 0) text_ += ',';
      put((*survey_.end)[first + k]);
    }
  }

  void write_facts() {
    if (!survey_.is_complete()) text_ += "complete no\n";
    if (!survey_.end) return;
    put("observed");
    put_three(" threshold=", 1);
    put_three(" collections=", 4);
    put_three(" collected=", 7);
    text_ += '\n';
  }

  void finish_next() {
    const std::size_t at = records_.at();
    if (!records_.next(record_) || record_.code == kRawEnd) {
      is_over_ = true;
      if (survey_.end) line("end ", events_);
      return;
    }
    finish(record_, at);
  }

  void finish(const RawRecord& r, std::size_t at) {
    switch (r.code) {
      case kRawType: add_type(r.text); break;
      case kRawBirth: finish_birth(r); break;
      case kRawElder:
        ++births_;
        line("alloc ", std::uint64_t{births_}, " ", type(r.number), " size=", r.second, " before");
        break;
      case kRawDeath: finish_death(r); break;
      case kRawTrack:
        if (!std::binary_search(survey_.superseded.begin(), survey_.superseded.end(), at))
          line("track ", std::uint64_t{id(r.number)});
        break;
      case kRawUntrack: line("untrack ", std::uint64_t{id(r.number)}); break;
      case kRawAtomic: line("atomic ", std::uint64_t{id(r.number)}); break;
      case kRawResize: line("resize ", std::uint64_t{id(r.number)}, " ", r.second); break;
      case kRawMemory: finish_memory(r.number); break;
      case kRawTick:
        line("tick");
        ++ticks_;
        tell_garbage({births_, ticks_});
        break;
      case kRawEdges: edges_.insert(edges_.end(), r.back.begin(), r.back.end()); break;
      case kRawMember: edges_.clear(); break;
      case kRawEvent: line(r.text); break;
      default: break;
    }
  }

  // The name in quotes, if it needs them.
  void add_type(std::string_view name) {
    const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
             c == '.';
    });
    std::string word;
    for (const char c : name) {
      const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      if (c == '"' || c == '\\') word += '\\';
      word += is_control ? '?' : c;
    }
    types_.push_back(is_plain && !word.empty() ? word : '"' + word + '"');
    is_code_.push_back(name == "code");
  }

  std::string_view type(std::uint64_t number) const {
    return number < types_.size() ? std::string_view(types_[number]) : std::string_view("?");
  }

  void finish_birth(const RawRecord& r) {
    if ((r.flags & kRawCheckBefore) != 0) line("check");
    ++births_;
    line("alloc ", std::uint64_t{births_}, " ", type(r.number), " size=", r.second,
         (r.flags & kRawKept) != 0 ? " before" : "", (r.flags & kRawBypass) != 0 ? " free_list=no" : "",
         (r.flags & kRawError) != 0 ? " error" : "", (r.flags & kRawReuse) != 0 ? " reuse" : "");
    const bool is_code = r.number < is_code_.size() && is_code_[r.number];
    if (!is_code && !survey_.is_untracked[births_]) line("track ", std::uint64_t{births_});
    tell_garbage({births_, 0});
  }

  void put_references(const RawRecord& r) {
    edges_.insert(edges_.end(), r.back.begin(), r.back.end());
    const std::size_t begin = text_.size();
    for (const std::uint64_t back : edges_) {
      if (text_.size() - begin > kLongestLine) break;
      put(" ");
      put(std::uint64_t{id(back)});
    }
    edges_.clear();
  }

  void finish_death(const RawRecord& r) {
    const std::uint64_t object = id(r.number);
    if ((r.flags & kRawIsPinned) != 0) {
      if (r.second > 0) line("own ", object, " ", r.second);
      put("die ");
      put(object);
      put_references(r);
      line();
    } else {
      line("die ", object);
    }
  }

  void finish_memory(std::uint64_t coded) {
    const auto delta =
        coded % 2 == 0 ? static_cast<std::int64_t>(coded / 2) : -static_cast<std::int64_t>(coded / 2) - 1;
    constexpr std::int64_t kMost = 0x7fffffff;
    for (std::int64_t rest = delta; rest != 0;) {
      const std::int64_t part = std::clamp(rest, -kMost, kMost);
      line("memory ", part < 0 ? "-" : "", static_cast<std::uint64_t>(part < 0 ? -part : part));
      rest -= part;
    }
  }

  // All garbage that may have become that up to here and was not told before. What began together must stand
  // together: with another line in between, a replay would take what the former part refers to for garbage
  // that nothing holds.
  void tell_garbage(Moment now) {
    const std::size_t first = told_;
    for (; told_ < survey_.components.size() && survey_.components[told_].since <= now; ++told_) {
    }
    for (std::size_t k = first; k < told_; ++k) {
      if (survey_.components[k].is_tracked_late)
        for_each_member(survey_.components[k],
                        [this](const RawRecord& r, std::uint64_t) { tell_tracking(r); });
    }
    for (std::size_t k = first; k < told_; ++k)
      for_each_member(survey_.components[k],
                      [this](const RawRecord& r, std::uint64_t span) { tell_member(r, span); });
  }

  // With its references in `edges_`, but for those of the record itself.
  template <typename Tell>
  void for_each_member(const Component& c, Tell tell) {
    RawRecords members(bytes_);
    members.go_to(c.at);
    const std::uint32_t here = std::exchange(births_, c.births);  // what its references are counted from
    std::vector<std::uint64_t> kept = std::exchange(edges_, {});
    RawRecord r;
    for (std::uint32_t left = c.members; left > 0 && members.next(r);) {
      if (r.code == kRawEdges) {
        edges_.insert(edges_.end(), r.back.begin(), r.back.end());
        continue;
      }
      --left;
      tell(r, c.until - here);
      edges_.clear();
    }
    births_ = here;
    edges_ = std::move(kept);
  }

  void tell_tracking(const RawRecord& r) {
    const std::uint64_t object = id(r.number);
    if (std::binary_search(survey_.tracked_late.begin(), survey_.tracked_late.end(), object))
      line("track ", object);
  }

  void tell_member(const RawRecord& r, std::uint64_t span) {
    const std::uint64_t object = id(r.number);
    if (r.second > 0) line("own ", object, " ", r.second);
    put("garbage ");
    put(object);
    put_references(r);
    if (span > 0) {
      put(" span ");
      put(span);
    }
    line();
  }

  MappedFile file_;
  std::string_view bytes_;
  RawRecords records_;
  RawRecord record_;
  Survey survey_;
  std::string text_;
  std::size_t at_ = 0;
  bool is_over_ = false;
  std::uint32_t births_ = 0;
  std::uint32_t ticks_ = 0;
  std::uint64_t events_ = 0;
  std::size_t told_ = 0;
  std::vector<std::string> types_;  // as words of the text
  std::vector<bool> is_code_;
  std::vector<std::uint64_t> edges_;  // of the next record that has some
};

}  // namespace

bool is_fast_recording(std::string_view bytes) {
  return bytes.starts_with(kMagic);
}

RawRecording open_fast_recording(MappedFile file) {
  const std::string_view all = file.bytes().substr(kMagic.size());
  const std::size_t header_end = std::min(all.find("\n\n"), all.size() - 1) + 1;
  const std::string_view header = all.substr(0, header_end);
  const std::string_view records = all.substr(std::min(header_end + 1, all.size()));
  Survey survey = Surveyor(records).run();
  RawRecording recording;
  recording.is_complete = survey.is_complete();
  recording.stopped = survey.stopped;
  recording.text = std::make_unique<FinishedFast>(std::move(file), header, records, std::move(survey));
  return recording;
}

}  // namespace gcsim::record
