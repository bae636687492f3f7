"""What a device is called, whether it is there, and how much memory was in use on it."""

import platform
import resource

import torch

from benchmarks.machine import processor


def present(device: str) -> bool:
    return device == "cpu" or bool(getattr(torch, device).is_available())


def device_name(device: str) -> str:
    return torch.cuda.get_device_name() if device == "cuda" else f"{processor()} ({device})"


def synchronise(device: str) -> None:
    """Wait until the device has done what it was told."""
    if device != "cpu":
        getattr(torch, device).synchronize()


def forget_peak(device: str) -> None:
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def peak_bytes(device: str) -> int:
    """CUDA: the most that PyTorch took since `forget_peak`. MPS: what the driver holds now, as no peak is kept there.

    CPU: the largest resident size of this process so far.
    """
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    if device == "mps":
        return torch.mps.driver_allocated_memory()
    unit = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
