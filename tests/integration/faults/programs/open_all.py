"""Opens files until there is no number left for one more."""

import errno
import gc
import os

numbers = []
gc.disable()
for _ in range(6):
    gc.collect(1)
try:
    while True:
        numbers.append(os.open(os.devnull, os.O_RDONLY))
except OSError as error:
    print(len(numbers), errno.errorcode[error.errno or 0])
