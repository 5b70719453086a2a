"""Who gets what of a year's surplus, who bears an overspend, and how the shares go on to members and people."""
