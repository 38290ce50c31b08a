"""The monitor's core: launch a program, read what its agent says, fold it into one frozen Snapshot per tick. No
screen."""
