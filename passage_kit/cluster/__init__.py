"""The same preparation on many machines: an engine runs functions on partitions, and gives the bytes of one machine.

Other packages may use the modules named here.
"""

__all__ = ["anywhere", "prepare", "result"]
