"""Reports as data, and how they are written: for the terminal's lines (widgets), CSV, JSON and one page of HTML."""
