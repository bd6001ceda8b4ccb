"""Tables: read any CSV or spreadsheet, say what is in it and what is wrong with it, write it tidily."""
