// The types a trace can name: the built-in ones and the classes it declares.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gcsim/types.h"

namespace gcsim::trace {

// How objects of a type hold references.
enum class Kind : std::uint8_t {
  none,     // the one object None
  integer,  // int, float, str: leaves
  floating,
  string,
  list,
  tuple,
  dict,
  set,
  weakref,
  instance,  // an object of a class the trace declares
  module,    // made by imports
  function,  // defined at a module's level: refers to the module's dict
  frame,     // of a call
  traceback,
  generator,
  exception,  // of a built-in class
  opaque,     // any other type, known by name only: holds references without keys (recordings)
};

// What the class's `__del__` does.
enum class Finalizer : std::uint8_t {
  none,
  plain,       // runs and changes nothing
  resurrects,  // binds the object to the name R_<id>, the first time it runs
  raises,      // raises an exception, which is printed and ignored
};

struct TypeDecl {
  std::string name;
  Kind kind = Kind::opaque;
  Finalizer finalizer = Finalizer::none;
  bool has_slots = false;    // declared with slots=..: no __dict__, no weak references
  std::vector<KeyId> slots;  // sorted by name, as CPython's type_new sorts them
};

// The types every trace has, in the order of their TypeId.
enum BuiltinType : std::uint16_t {
  kNoneType,
  kIntType,
  kFloatType,
  kStrType,
  kListType,
  kTupleType,
  kDictType,
  kSetType,
  kWeakrefType,
  kModuleType,
  kFunctionType,
  kFrameType,
  kTracebackType,
  kGeneratorType,
  kBuiltinTypes,
};

// The exceptions that can be raised.
inline constexpr std::string_view kExceptionNames[] = {
    "Exception",     "ArithmeticError", "AssertionError",      "AttributeError",    "BaseException",
    "BufferError",   "EOFError",        "FileExistsError",     "FileNotFoundError", "FloatingPointError",
    "GeneratorExit", "ImportError",     "IndexError",          "KeyError",          "KeyboardInterrupt",
    "LookupError",   "MemoryError",     "ModuleNotFoundError", "NameError",         "NotImplementedError",
    "OSError",       "OverflowError",   "PermissionError",     "RecursionError",    "ReferenceError",
    "RuntimeError",  "StopIteration",   "SyntaxError",         "SystemError",       "SystemExit",
    "TimeoutError",  "TypeError",       "UnboundLocalError",   "ValueError",        "ZeroDivisionError",
};

}  // namespace gcsim::trace
