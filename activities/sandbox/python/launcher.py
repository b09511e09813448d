"""Mounts the scratch folder and replaces itself with bubblewrap.

It runs as root of a user namespace that has only its own mounts. bubblewrap's own `--tmpfs` has no limit of files, and their
inodes are memory that nothing else counts. Descriptors that the worker was started with would reach the code; all are closed.
"""
import os
import sys

first_unused, options, mount_point, *command = sys.argv[1:]
os.closerange(int(first_unused), 1 << 20)
if os.spawnvp(os.P_WAIT, "mount", ["mount", "-t", "tmpfs", "-o", options, "scratch", mount_point]) != 0:
    sys.exit("the scratch folder could not be mounted")
os.execvp(command[0], command)
