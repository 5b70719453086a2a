"""The 360° page: everything the consortium knows of one resident, on one timeline."""
