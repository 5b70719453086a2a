"""Help on each page: the section of the manual that speaks of it, in the words of the reader's own job first."""
