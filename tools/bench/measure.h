// What is measured of a process: the thread's CPU time, as machines are shared, and resident memory.
#pragma once

#include <cstdint>

namespace gcsim::bench {

double cpu_seconds();                // of this thread
double process_seconds();            // CPU time of all threads
std::uint64_t resident_kilobytes();  // of this process, shared pages too
// From here on memory comes from the system, and goes back, as in gcsim (src/main.cpp).
void allocate_like_gcsim();

}  // namespace gcsim::bench
