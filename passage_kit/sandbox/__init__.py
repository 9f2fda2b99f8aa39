"""The sandbox: a stand-in for the Management API on this machine, to rehearse a push or to test one."""

from passage_kit.sandbox.contract import Unknowns
from passage_kit.sandbox.faults import Fault
from passage_kit.sandbox.server import Sandbox

__all__ = ["Fault", "Sandbox", "Unknowns"]
