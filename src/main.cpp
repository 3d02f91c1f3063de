#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "gcsim/cli/cli.h"

int main(int argc, char** argv) {
#ifdef __GLIBC__
  // What one stage frees the next one takes: fresh pages from the system cost more than what is done in them.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
  return gcsim::cli::run(argc, argv);
}
