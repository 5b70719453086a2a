"""English at the edge: pages are written in Chinese once, and read in English by whoever asks for it.

`assets/english/*.csv` pairs each sentence of the interface with its English; `{}` stands for what is filled in. What is not in
the catalogue (names, notes, policy texts) stays as it was entered. Chinese readers pay nothing for it.
"""
