#include "gcsim/cli/cli.h"

int main(int argc, char** argv) {
  return gcsim::cli::run(argc, argv);
}
