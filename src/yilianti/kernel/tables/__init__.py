"""Tables that people bring in a spreadsheet: what a room declares of one, how a cell is read, how a file is opened."""
