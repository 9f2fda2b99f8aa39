"""Kernels that begin at once: a process with the kit loaded forks one for each notebook that a browser test opens.

A kernel that starts from nothing takes two or three seconds of a processor to load IPython, pandas and the kit, and is
the same afterwards. What Jupyter starts is a small process, which ends with its kernel, passes Ctrl-C on to it, and
takes it along when it is killed. The tests of the notebooks and of the plain install start their kernels from nothing.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

_SPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "metadata": {"debugger": True}}
_FDS = 3  # the standard streams


@contextlib.contextmanager
def kernel_nursery() -> Iterator[dict[str, str]]:
    """Variables with which a Jupyter server takes its Python kernels from a nursery, until the end of the block."""
    if os.name == "nt":  # Windows has no fork
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="kernels-") as folder:
        address, spec = f"{folder}/nursery", Path(folder, "kernels", "python3", "kernel.json")
        argv = [sys.executable, "-I", "-S", __file__, "start", address, "{connection_file}"]  # it begins in no time
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(_SPEC | {"argv": argv}), encoding="utf-8")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(address)
            listening.listen()
            command = [sys.executable, __file__, "nursery", str(listening.fileno())]
            nursery = subprocess.Popen(
                command, stdin=subprocess.PIPE, pass_fds=[listening.fileno()], start_new_session=True
            )
        try:
            yield {"JUPYTER_PATH": folder}
        finally:
            nursery.communicate()


def nurse(listening: socket.socket) -> None:
    """Load what kernels load, and fork one for each process of ``start``."""
    del sys.path[0]  # notebooks see none of the tests
    import pandera.pandas  # noqa: F401
    import sqlalchemy  # noqa: F401
    from ipykernel import kernelapp

    import passage_kit as pk
    from passage_kit import widgets

    for package in (pk, widgets):
        for name in package.__all__:
            getattr(package, name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that ended
    while select.select([listening, sys.stdin], [], [])[0] == [listening]:  # until the tests end, or are killed
        asking, _ = listening.accept()
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            become(asking, kernelapp)
        asking.close()


def become(asking: socket.socket, kernelapp) -> None:
    """Be the kernel of a process that asks for one."""
    message, streams, *_ = socket.recv_fds(asking, 1 << 16, _FDS)
    while not message.endswith(b"\n"):
        message += asking.recv(1 << 16)
    task = json.loads(message)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.setsid()
    os.chdir(task["folder"])
    os.environ.clear()
    os.environ.update(task["environment"])
    os.environ.pop("JPY_PARENT_PID", None)  # the process that asks tells of the end of the server
    sys.argv = ["ipykernel_launcher.py", "-f", task["connection"]]
    asking.sendall(f"{os.getpid()}\n".encode())

    def end_with_it() -> None:
        asking.recv(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=end_with_it, daemon=True).start()
    status = 1
    try:
        kernelapp.launch_new_instance()
        status = 0
    finally:
        os._exit(status)


def start(address: str, connection: str) -> None:
    """Ask for a kernel, and stay for as long as it does."""
    asking = socket.socket(socket.AF_UNIX)
    asking.connect(address)
    task = {"folder": os.getcwd(), "environment": dict(os.environ), "connection": connection}
    message = json.dumps(task).encode() + b"\n"
    sent = socket.send_fds(asking, [message], range(_FDS))
    asking.sendall(message[sent:])
    kernel = int(asking.makefile().readline())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: os.kill(kernel, number))
    while asking.recv(1):  # nothing comes but the end
        pass


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        nurse(socket.socket(fileno=int(sys.argv[2])))
    else:
        start(*sys.argv[2:])
