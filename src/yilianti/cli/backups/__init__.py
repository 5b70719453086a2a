"""Backups of an installation: made, kept for as long as the policy says, restored elsewhere, and tried out."""
