"""What was measured on: machine, kernel, Python build, PostgreSQL."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sysconfig
import time
from pathlib import Path

import psutil

from chathaven.engines.database.embedded_cluster import programs


def facts() -> list[tuple[str, str]]:
    """Returns names and values, in the order to show them."""
    gigabytes = psutil.virtual_memory().total / 1024**3
    return [
        ("Machine", f"{os.cpu_count()} cores ({_processor()}), {gigabytes:.0f} GB"),
        ("System", f"{platform.system()} {platform.release()}"),
        ("Python", f"{platform.python_version()}, {python_build()}"),
        ("PostgreSQL", _postgres()),
        ("Load before", " ".join(f"{each:.1f}" for each in os.getloadavg())),
    ]


def python_build() -> str:
    """Returns how this Python was compiled, in words, with the pace it reaches.

    Some distributions optimise without leaving a trace in the configuration, so the pace of a
    fixed loop is told too.
    """
    flags = f"{sysconfig.get_config_var('OPT') or ''} {sysconfig.get_config_var('PY_CFLAGS') or ''}"
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    level = next((flag for flag in reversed(flags.split()) if flag.startswith("-O")), "no -O")
    guided = "--enable-optimizations" in arguments
    linked = "--with-lto" in arguments
    return (
        f"{level}, configured {'with' if guided else 'without'} PGO and "
        f"{'with' if linked else 'without'} LTO; {_pace() * 1000:.1f} ms for the reference loop "
        "(builds without optimisation cost a third)"
    )


def _pace() -> float:
    """Returns the least seconds of processor time that a fixed piece of work took."""
    least = math.inf
    for _ in range(20):
        began = time.process_time()
        total, seen = 0, {}
        for number in range(200_000):
            total += number * number % 7
            seen[number & 1023] = str(number)
        least = min(least, time.process_time() - began)
    return least


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgres() -> str:
    shown = subprocess.run(
        [programs() / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return shown.stdout.strip().removeprefix("postgres (PostgreSQL) ")
