/* The agent of a process that is spoken to for the first time. */

/* Let `visitor` load the agent when somebody speaks to it, by `entry.succeed`. 0, or -1 with an error set. */
extern int summon_with(PyObject *visitor, PyObject *native, PyObject *module, PyObject *value, PyObject *own_folder,
                       PyObject *as_they_are);
