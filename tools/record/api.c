#include "api.h"

#include "python.h"

static api_call on_start, on_stop;

static PyObject* start(PyObject* module, PyObject* none) {
  (void)module, (void)none;
  return PyBool_FromLong(on_start());
}

static PyObject* stop(PyObject* module, PyObject* none) {
  (void)module, (void)none;
  return PyBool_FromLong(on_stop());
}

static PyMethodDef kFunctions[] = {
    {"start", start, METH_NOARGS, "Begins the recording. False if it can't: it has begun before."},
    {"stop", stop, METH_NOARGS, "Ends the recording; the program goes on. False if there is none."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef kModule = {PyModuleDef_HEAD_INIT, .m_name = "gcsim_record", .m_size = 0,
                              .m_doc = "Where gcsim record begins and ends.", .m_methods = kFunctions};

static PyObject* make_module(void) {
  return PyModuleDef_Init(&kModule);
}

bool offer_api(api_call start_call, api_call stop_call) {
  on_start = start_call;
  on_stop = stop_call;
  return PyImport_AppendInittab("gcsim_record", make_module) == 0;
}
