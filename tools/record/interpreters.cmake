# Finds the interpreters that can be recorded: CPython 3.9 to 3.13 as a shared library, with its headers.
#
# gcsim_find_interpreters(OUT [PYTHON...]): OUT is a list of lines "version|headers|folder of the library|library".
# Without names those of the PATH and of pyenv are looked at. What can't serve is left out with a message.

set(GCSIM_PYTHON_QUESTIONS [[
import os, sys, sysconfig
v = sysconfig.get_config_var
print('|'.join(['.'.join(map(str, sys.version_info[:3])), sysconfig.get_path('include'), v('LIBDIR') or '',
                v('LDLIBRARY') or '', sys.implementation.name, str(v('Py_ENABLE_SHARED') or 0),
                str(v('Py_GIL_DISABLED') or 0), str(int(hasattr(sys, 'getobjects')))]))
]])

function(gcsim_find_interpreters OUT)
  set(candidates ${ARGN})
  if(NOT candidates)
    if(DEFINED ENV{PYENV_ROOT})
      set(pyenv "$ENV{PYENV_ROOT}")
    else()
      set(pyenv "$ENV{HOME}/.pyenv")
    endif()
    foreach(minor IN ITEMS 9 10 11 12 13)
      file(GLOB found "${pyenv}/versions/3.${minor}.*/bin/python3.${minor}")
      list(APPEND candidates ${found} "python3.${minor}")
    endforeach()
  endif()
  set(lines "")
  set(versions "")
  foreach(python IN LISTS candidates)
    execute_process(COMMAND "${python}" -I -S -c "${GCSIM_PYTHON_QUESTIONS}" OUTPUT_VARIABLE answer
                    RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(failed OR NOT answer MATCHES "^(3\\.[0-9]+\\.[0-9]+)\\|([^|]*)\\|([^|]*)\\|([^|]*)\\|cpython\\|1\\|0\\|0$")
      if(ARGN)
        message(WARNING "${python} can't be recorded: not a shared library of CPython, or one of a special kind")
      endif()
      continue()
    endif()
    set(version "${CMAKE_MATCH_1}")
    set(line "${version}|${CMAKE_MATCH_2}|${CMAKE_MATCH_3}|${CMAKE_MATCH_4}")
    if(version IN_LIST versions OR NOT EXISTS "${CMAKE_MATCH_2}/internal/pycore_gc.h")
      continue()
    endif()
    if(version VERSION_LESS 3.9 OR NOT version VERSION_LESS 3.14)
      continue()
    endif()
    list(APPEND versions "${version}")
    list(APPEND lines "${line}")
  endforeach()
  set(${OUT} "${lines}" PARENT_SCOPE)
endfunction()
