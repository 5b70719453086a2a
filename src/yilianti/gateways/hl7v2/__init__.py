"""HL7 v2 over MLLP: what hospital systems send, kept raw, read, and filed into the record."""
