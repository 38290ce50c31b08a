/* What an agent says of itself. */

#include <stdint.h>

/* Payloads: bytes, or NULL with an error set. */
extern PyObject *hello_payload(long interpreter, uint64_t started);
extern PyObject *failure_payload(PyObject *reason, int is_last);
