"""Freezes, disables and debugs the collector; its own figures must come out as they are."""

import gc

gc.collect()
gc.disable()
gc.freeze()
print(gc.isenabled(), gc.get_count()[2])
for _ in range(6):
    gc.collect(1)
gc.set_debug(gc.DEBUG_SAVEALL)
for _ in range(50):
    one: "list[object]" = []
    one.append(one)
del one
gc.collect()
print(len(gc.garbage), {type(found) for found in gc.garbage}, gc.get_debug() == gc.DEBUG_SAVEALL)
gc.garbage.clear()
gc.set_debug(gc.DEBUG_UNCOLLECTABLE)
gc.unfreeze()
print(gc.get_freeze_count(), gc.collect() >= 0, gc.garbage)
