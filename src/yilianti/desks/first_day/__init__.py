"""A county's first day: founded from nothing, then filled table by table until the first referral."""
