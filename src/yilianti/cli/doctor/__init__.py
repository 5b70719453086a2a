"""The examinations behind ./yilianti doctor."""
