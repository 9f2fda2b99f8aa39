"""Phones: cells judged one by one, whole columns, and the number plans of the countries."""

__all__ = ["phones"]
