"""Layouts of the exports of other systems, one file a system: each declares what it knows, and does nothing.

A file here is found by its being here. See :mod:`passage_kit.reading.layout` for what it says.
"""
