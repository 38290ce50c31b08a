"""Works in two processes that multiprocessing starts in the way that the argument names."""

import gc
import multiprocessing
import sys


def work(number: int) -> int:
    gc.collect(1)
    return number * number


if __name__ == "__main__":
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        print(pool.map(work, range(20)))
        pool.close()
        pool.join()
