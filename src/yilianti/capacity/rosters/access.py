"""Who sees a roster, who plans it, and who sets a member's order."""

VIEW, PLAN, ARRANGE = "rosters.view", "rosters.plan", "rosters.arrange"
