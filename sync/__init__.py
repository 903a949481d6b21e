"""What goes out of the workspace and comes in from sources, apart from any screen."""
