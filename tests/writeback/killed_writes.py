"""Code of a process that kills itself at the fourth batch of a write-back: its last argument says before or after."""

KILLS_ITSELF = """
import os, signal, sys
from passage_kit.writeback.users_database import UsersDatabase

real, calls = UsersDatabase.write, []
def write(self, batch, statements):
    calls.append(1)
    if len(calls) == 4 and sys.argv[-1] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    left = real(self, batch, statements)
    if len(calls) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return left
UsersDatabase.write = write
"""
