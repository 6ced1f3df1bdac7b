"""How networks are run: onnxruntime on the processor, without threads that spin while other work wants the core."""

import ctypes
import sys
from pathlib import Path

import onnxruntime


def open_network(model: Path | bytes, *, threads: int = 1, keeps_memory: bool = True) -> onnxruntime.InferenceSession:
    """Load an ONNX file.

    Parameters
    ----------
    model : Path or bytes
        A file, or its content.
    threads : int
        Within one call. Where several networks run side by side, one each: nothing then waits between layers.
    keeps_memory : bool
        Keep the memory of one call for the next. With large tensors of many sizes an arena would keep the sum of them
        for good.

    Raises
    ------
    Exception
        What onnxruntime raises for a file that is no network; its exceptions share no base.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = keeps_memory
    # Planned patterns take more than the arena alone, and are no faster: 240 MB instead of 160 for the refiner,
    # 140 instead of 95 for one of Spleeter's networks.
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    given = str(model) if isinstance(model, Path) else model
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])


def release_memory() -> None:
    """Give the system back what networks that are closed left in the heap: 140 MB after Spleeter's two.

    glibc would keep it for whatever comes next; with other C libraries nothing is done.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
