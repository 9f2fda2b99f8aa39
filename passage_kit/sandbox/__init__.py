"""Sandbox: a local stand-in for the Management API, to rehearse or test a push."""

from passage_kit.sandbox.app_facts import AppSettings
from passage_kit.sandbox.contract import Unknowns
from passage_kit.sandbox.faults import Fault
from passage_kit.sandbox.logins import login
from passage_kit.sandbox.server import Sandbox

__all__ = ["AppSettings", "Fault", "Sandbox", "Unknowns", "login"]
