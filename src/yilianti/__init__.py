"""Yilianti (医联体): the operating platform of regional medical consortia."""
