"""Jobs: processes run on the data of the catalogue."""
