"""Payment by groups: DIP scores, weights and points, what a group is paid. Plain arithmetic over arrays, no Django."""
