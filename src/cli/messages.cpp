#include "messages.h"

#include "output.h"

namespace gcsim::cli {

ExitStatus report_fault(const trace::TraceError& error) {
  print_message(trace::format(error));
  return status_of(error.fault);
}

}  // namespace gcsim::cli
