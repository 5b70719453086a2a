"""The directory is open to whoever sends or receives patients; each keeps their own lines."""

VIEW, KEEP, MEASURE = "services.view", "services.keep", "services.measure"
