// The raw recording of the fast mode: what its records are. The recorder writes them, src/record reads them.
//
// A line "gcsim-fast 2", header lines of a text trace, an empty line, then records. A record is a code, then
// numbers of 7 bits a byte, the lowest first. Objects are numbered from 1 in the order of their births;
// `back` means: so many births before the last one. Behind the last record there are zeros, if the program
// was killed.
#pragma once

#define RAW_FAST_MAGIC "gcsim-fast 2\n"

enum raw_code {
  kRawNothing = 0,  // the end of what was written
  kRawType = 1,     // length, that many bytes: the name of the next type; types are numbered from 0
  kRawUntracked,    // back: was not tracked at the first tick of its life; otherwise it was from its birth on
  kRawTrack,        // back
  kRawUntrack,      // back
  kRawAtomic,       // back
  kRawResize,       // back, bytes
  kRawMemory,   // by how many bytes other memory grew: twice that, or for what is below zero the odd numbers
  kRawTick,     // nothing
  kRawEdges,    // count, that many `back`: more references of the object of the next record that has any
  kRawGarbage,  // count of members, ticks since one of them was seen alive, back: none of them has been
                // released by something that died since that birth. The members follow
  kRawMember,   // back, bytes it owns, count of references, that many `back`
  kRawEvent,    // length, that many bytes: an event, without line end
  kRawElder,    // type, bytes: an object older than the recording gets its number because it dies
  kRawStopped,  // length, that many bytes: why the program goes on without a recording
  kRawEnd,      // missed deaths, then thrice each: thresholds, collections, collected
  kRawDeath = 0x40,  // flags in it; back; if pinned: bytes it owns, count of references, that many `back`
  kRawBirth = 0x80,  // flags in it; type, bytes of the block
};

// Of a death.
enum { kRawWasTracked = 1, kRawIsPinned = 2 };
// Of a birth.
enum {
  kRawReuse = 1,         // from its type's free list
  kRawBypass = 2,        // not from it, though there was one
  kRawKept = 4,          // a block from before the recording
  kRawError = 8,         // while an exception was set
  kRawCheckBefore = 16,  // the evaluation loop has looked for collections since the last birth
};
