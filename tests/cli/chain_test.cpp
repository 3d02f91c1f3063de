// Structures too deep for recursion.
#include <string>

#include "doctest/doctest.h"
#include "gcsim/report/report.h"
#include "gcsim/report/tally.h"
#include "support/replaying.h"

using namespace gcsim;

namespace {

// l0 in l1 in l2 ..; then the last one loses its name.
std::string chain_of_lists(int length) {
  std::string text = "alloc l0 list\n";
  for (int i = 1; i < length; ++i) {
    const std::string outer = "l" + std::to_string(i);
    const std::string inner = "l" + std::to_string(i - 1);
    text += "alloc " + outer + " list\nref " + outer + "[] " + inner + "\ndel " + inner + "\n";
  }
  return text + "del l" + std::to_string(length - 1) + "\n";
}

}  // namespace

TEST_CASE("a chain of a million lists is freed in its order, by one event") {
  constexpr int kLength = 1'000'000;
  const std::string text = chain_of_lists(kLength);
  const auto reader = test::open_bytes(text);
  const engine::Settings settings = test::settings(*reader);
  report::StringSink sink;
  const auto report = report::make_report({report::Format::transcript, report::Events::effects, false},
                                          reader->vocabulary(), sink);
  const auto simulator = engine::Simulator::create(settings, report.get());
  const ReplayResult result = replay(*reader, *simulator, {});
  report->finish({});
  CHECK(result.faults == 0);
  CHECK(simulator->alive() == 0);

  const std::size_t last = sink.text.rfind('#');
  CHECK(sink.text.compare(last, 43, "#2999999 free:l999999 free:l999998 free:l999", 0, 43) == 0);
  std::size_t at = last;
  int freed = 0;
  for (int i = kLength - 1; i >= 0; --i, ++freed) {
    const std::string token = " free:l" + std::to_string(i) + " ";
    at = sink.text.find(token, at);
    if (at == std::string::npos) break;
    at += token.size() - 1;
  }
  CHECK(freed == kLength);
}
