"""What was measured on: machine, kernel, Python build, PostgreSQL."""

from __future__ import annotations

import os
import platform
import subprocess
import sysconfig
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
    """Returns how this Python was compiled, in words."""
    flags = f"{sysconfig.get_config_var('OPT') or ''} {sysconfig.get_config_var('PY_CFLAGS') or ''}"
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    level = next((flag for flag in reversed(flags.split()) if flag.startswith("-O")), "no -O")
    guided = "--enable-optimizations" in arguments or "-fprofile-use" in flags
    linked = "--with-lto" in arguments or "-flto" in flags
    words = [
        level,
        "with PGO" if guided else "without PGO",
        "with LTO" if linked else "without LTO",
    ]
    if not guided:
        words.append("builds without optimisation cost a third")
    return ", ".join(words)


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
