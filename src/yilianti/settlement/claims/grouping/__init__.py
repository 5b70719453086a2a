"""CHS-DRG by imported tables: plain arithmetic over arrays, no Django."""
