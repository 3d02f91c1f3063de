// Whether this interpreter shows its recorder everything: known programs are run before the user's.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// On failure, `problem` says for people what was not seen.
bool self_test(char* problem, size_t size);
