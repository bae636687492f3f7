"""The command line: one file a command. Commands print and never compute; what is heavy loads when a command runs."""
