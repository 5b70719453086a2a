"""A4 papers as PDF: how they are drawn, and the signature inside that other readers verify."""
