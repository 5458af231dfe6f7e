"""Xiucheng (绣城) runs a city district's day-to-day management: from a resident's report to a fixed railing."""

__version__ = "0.1.0"
