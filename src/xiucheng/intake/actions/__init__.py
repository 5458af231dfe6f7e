"""The one way in for every channel (接入): new reports, "me too", and what residents add later."""

from xiucheng.intake.actions.arrive import Point, me_too, take_in
from xiucheng.intake.actions.follow import FOLLOW_UPS, find_report, follow_up

__all__ = ["FOLLOW_UPS", "Point", "find_report", "follow_up", "me_too", "take_in"]
