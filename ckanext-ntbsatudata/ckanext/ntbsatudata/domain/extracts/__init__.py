"""Raw extracts of programmes: how their files are read, what a programme makes of them, and the folder they never leave."""
