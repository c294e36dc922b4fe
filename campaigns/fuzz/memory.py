"""Memory of this process, before and after."""

import gc
import tracemalloc
from typing import Self

import psutil


def resident_mib() -> float:
    """Resident size in MiB, rubbish collected first."""
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


class Growth:
    """Python's own memory between two moments, traced; slows everything down while it runs."""

    def __enter__(self) -> Self:
        gc.collect()
        tracemalloc.start()
        self._before = tracemalloc.get_traced_memory()[0]
        return self

    def kept_bytes(self) -> int:
        """Bytes that are held now and were not held at the start."""
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - self._before

    def __exit__(self, *_: object) -> None:
        tracemalloc.stop()
