"""The console in a browser: the front that a browser talks to, and the process that each of its tabs has."""
