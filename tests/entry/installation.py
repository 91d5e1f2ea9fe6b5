"""A real installation for tests: `chathaven serve` as a process, its lines, its end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

CHATHAVEN = Path(sys.executable).with_name("chathaven")


def environment(**more: str) -> dict[str, str]:
    """Returns our environment without any setting of Chathaven but the ones given."""
    clean = {name: value for name, value in os.environ.items() if "CHATHAVEN" not in name}
    return clean | more


class Serving:
    """`chathaven serve` on a free port; entered when it says that it is ready."""

    def __init__(self, data: Path, *arguments: str, **environ: str) -> None:
        self.data = data
        self.lines: list[str] = []
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [str(CHATHAVEN), "serve", "--data", str(data), "--port", "0", *arguments],
            env=environment(**environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "Press Ctrl+C" in line:
                self._ready.set()
        self._ready.set()

    @property
    def text(self) -> str:
        """All that it has said."""
        return "\n".join(self.lines)

    @property
    def url(self) -> str:
        """Where it listens."""
        found = re.search(r"Open +(http://\S+)", self.text)
        assert found is not None, f"it is not ready: {self.text}"
        return found[1]

    def __enter__(self) -> Serving:
        assert self._ready.wait(90), f"it is not ready after 90 s: {self.text}"
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.end()
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends a signal, waits for the end, and returns the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(40)
        self._reader.join(10)
        return status
