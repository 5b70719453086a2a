"""Messages to people in words."""

#: What each journal word of this room is called on pages.
JOURNAL = {"messaging.unsent": "提醒无法发出"}
