/* What the module `_native` is made of, and what `help` says of it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

extern PyObject *unseen(PyObject *module, PyObject *function);
extern const char unseen_doc[];
extern PyObject *start_tracing(PyObject *module, PyObject *arguments);
extern const char start_tracing_doc[];
extern PyObject *is_tracing_ours(PyObject *module, PyObject *nothing);
extern const char is_tracing_ours_doc[];
extern PyObject *tracing_cost(PyObject *module, PyObject *nothing);
extern const char tracing_cost_doc[];
extern PyObject *live_samples(PyObject *module, PyObject *nothing);
extern const char live_samples_doc[];
extern PyObject *begin_reading(PyObject *module, PyObject *arguments);
extern const char begin_reading_doc[];
extern PyObject *reading_result(PyObject *module, PyObject *reading);
extern const char reading_result_doc[];
extern PyObject *interpreter_number(PyObject *module, PyObject *nothing);
extern const char interpreter_number_doc[];
extern PyObject *begin_when_asked(PyObject *module, PyObject *arguments);
extern const char begin_when_asked_doc[];
extern PyObject *call_off(PyObject *module, PyObject *arguments);
extern const char call_off_doc[];
extern PyObject *load_thread_end(PyObject *module, PyObject *nothing);
extern const char load_thread_end_doc[];
extern PyObject *enter(PyObject *module, PyObject *folder);
extern const char enter_doc[];
extern PyObject *is_open_to_us(PyObject *module, PyObject *nothing);
extern const char is_open_doc[];
extern PyObject *ready(PyObject *module, PyObject *arguments);
extern const char ready_doc[];
extern PyObject *visit(PyObject *module, PyObject *arguments);
extern const char visit_doc[];
extern PyObject *hello(PyObject *module, PyObject *arguments);
extern const char hello_doc[];

/* New references, or NULL with an error set. */
extern PyObject *make_callback_type(void);
extern PyObject *make_visitor_type(void);
extern PyObject *make_descriptor_type(void);
