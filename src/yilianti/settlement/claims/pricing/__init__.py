"""Pricing of claims: plain arithmetic over arrays of whole fen, no Django."""

from yilianti.settlement.claims.pricing.benefits import READERS, Benefit, benefit_of
from yilianti.settlement.claims.pricing.block import Block, Prices, block_of
from yilianti.settlement.claims.pricing.engine import price
from yilianti.settlement.claims.pricing.trace import Trace

__all__ = ["READERS", "Benefit", "Block", "Prices", "Trace", "benefit_of", "block_of", "price"]
