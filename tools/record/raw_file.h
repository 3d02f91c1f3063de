// How a raw recording lies in its file: the recorder writes it, src/record reads it.
//
// A window of so many bytes, then what was recorded. In the window stand the mark, how many bytes behind the
// window are settled (8 bytes, the lowest first), and the newest of what was recorded, behind that zeros. The
// newest replaces what the file has behind its settled bytes; if there is none, all of that counts.
// A program that is killed at once leaves zeros in the place of the mark, or an empty file.
//
// The mark's number grows with each change of this, and of what is recorded (raw_codes.h): gcsim refuses
// recorders and recordings of another number.
#pragma once

#define RAW_FILE_MARK "gcsim raw file 1"
enum { kRawWindow = 64 * 1024, kRawSettledAt = 16, kRawNewestAt = 24 };
