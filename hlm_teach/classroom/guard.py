"""Run a program that ends when whoever started it ends: by a signal, by force, in any way.

The launcher runs this file by its path, with a pipe as its input::

    python -I guard.py pip install pandas

A process that is killed closes its pipes; that is seen here, and the program is ended with all
it has started. So no installer goes on writing when nobody waits for it any more.
"""

import os
import signal
import subprocess
import sys
import threading

PATIENCE = 3.0  # seconds between asking and forcing


def main(command: list[str]) -> int:
    """Run the command and return its exit code."""
    # Ctrl-C reaches this process too; the launcher decides, and closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:  # nohup's
            signal.signal(number, lambda *_: end(process))
    threading.Thread(target=wait_for_the_end, args=(process,), daemon=True).start()
    return process.wait()


def wait_for_the_end(process: subprocess.Popen) -> None:
    """End the program once the pipe is closed at its other end."""
    while os.read(0, 1024):
        pass
    end(process)


def end(process: subprocess.Popen) -> None:
    """Ask the program and all it started to end, then make it."""
    if os.name == "nt":
        subprocess.call(
            ["taskkill", "/T", "/F", "/PID", str(process.pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return
    force = threading.Timer(PATIENCE, send, args=(process.pid, signal.SIGKILL))
    force.daemon = True
    force.start()
    send(process.pid, signal.SIGTERM)


def send(group: int, what: int) -> None:
    """Send a signal to a process group, if it is still there."""
    try:
        os.killpg(group, what)
    except (ProcessLookupError, PermissionError):  # the latter on macOS, of one that has ended
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
