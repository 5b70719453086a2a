"""The fund package of a year as it is kept: its facts and versions, what was charged to it, its months, its advance."""
