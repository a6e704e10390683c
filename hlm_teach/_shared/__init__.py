"""What every room may use: checks of arguments, the progress bar. Nothing here knows what a group is."""
