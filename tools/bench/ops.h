/* One step of a workload as the CPython side executes it: plain C, written by gcsim_bench, read by
 * executor.c.
 *
 * Operands are slots of an array of PyObject*: one for each name, used again as soon as the name is unbound,
 * so that real CPython gets the most compact names there can be. */
#ifndef GCSIM_BENCH_OPS_H
#define GCSIM_BENCH_OPS_H

#include <stdint.h>

enum BenchOp {
  kBenchAllocList, /* a = [] */
  kBenchAllocDict,
  kBenchAllocSet,
  kBenchAllocTuple,    /* a = a tuple of b elements, which follow in kBenchElement steps */
  kBenchAllocInstance, /* a = classes[key]() */
  kBenchAllocFloat,    /* a = b + 0.5 */
  kBenchAllocInt,      /* a = (int32_t)b */
  kBenchElement,       /* a: the slot of an element, or kBenchNone; read by the step before */
  kBenchWeakref,       /* a = weakref.ref(b), with a callback if key is not 0 */
  kBenchBind,          /* a, which is unbound, = b */
  kBenchRebind,        /* a, which is bound, = b */
  kBenchDel,           /* del a */
  kBenchAppend,        /* a.append(b) */
  kBenchAdd,           /* a.add(b) */
  kBenchSetIndex,      /* a[key] = b, of a list */
  kBenchSetItem,       /* a[keys[key]] = b, of a dict */
  kBenchDelIndex,
  kBenchDelItem,
  kBenchPop,     /* a.pop() */
  kBenchClear,   /* a.clear() */
  kBenchSetAttr, /* a.<keys[key]> = b */
  kBenchDelAttr,
  kBenchCollect /* gc.collect(a) */
};

enum { kBenchNone = 0 }; /* the slot that always holds None */

struct BenchStep {
  uint8_t op;
  uint8_t ends_event; /* the last step of its event: from 3.12 on a pending collection may run behind it */
  uint16_t key;
  uint32_t a;
  uint32_t b;
};

#endif
