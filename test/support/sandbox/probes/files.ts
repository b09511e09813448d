/** Tries to reach files of the host. */
import { basicProbes } from '../../../../activities/sandbox/probes/basic.ts';
import { attempt, systemCall, type Probe } from '../../../../activities/sandbox/probes/probe.ts';

export const fileProbes: readonly Probe[] = [
  ...basicProbes.filter(({ kind }) => kind === 'files'),
  {
    kind: 'files',
    tries: 'run a shell by a module that is reached past the list of imports',
    heldBy: 'no programs but the interpreter',
    source: attempt(
      'getattr(__builtins__["__im" + "port__"]("subpro" + "cess"), "check_" + "call")(["/bin/sh", "-c", "true"])',
    ),
  },
  {
    kind: 'files',
    tries: 'read the list of users of the host',
    heldBy: 'no /etc, no /root, no /home',
    source: attempt('open("/etc/passwd").read()'),
  },
  {
    kind: 'files',
    tries: 'read through descriptors that the worker left open',
    heldBy: 'an empty file in the place of each',
    source: `
import os
def main(inputs):
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink("/proc/self/fd/" + name)
        except OSError:
            continue
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/runner.py", "/scratch")):
            return True
    return False
`,
    noControl: 'a process that the test starts inherits no such descriptor either',
  },
  {
    kind: 'files',
    tries: 'follow links out of the output folder',
    heldBy: 'nothing lies outside; links are not collected',
    source: attempt(
      'os.symlink(inputs["file"], inputs["folder"] + "/link")\nopen(inputs["folder"] + "/link").read()',
      'import os',
    ),
  },
  {
    kind: 'files',
    tries: 'leave the root folder by /proc/1/root and by ..',
    heldBy: 'a process namespace, a root folder with nothing above it',
    source: `
import os
def main(inputs):
    for path in ("/proc/1/root" + inputs["file"], "/proc/self/root" + inputs["file"], "/.." * 20 + inputs["file"]):
        try:
            open(path).read()
            return True
        except OSError:
            pass
    return False
`,
  },
  {
    kind: 'files',
    tries: 'open a file by its handle, past all folders',
    heldBy: 'seccomp, no capabilities',
    source: attempt(
      'call(303, 264, -100, b"/usr", ctypes.create_string_buffer(b"\\x80\\0\\0\\0" + b"\\0" * 200), ctypes.create_string_buffer(8), 0)',
      systemCall,
    ),
    noControl: 'not every file system has handles',
  },
  {
    kind: 'files',
    tries: 'write to the interpreter, the libraries and the packages',
    heldBy: 'read-only mounts',
    source: `
import os, sys
def main(inputs):
    for folder in ("/packages", "/usr/lib", "/usr/bin", "/", "/dev", "/dev/shm"):
        try:
            path = folder + "/lodestone-probe"
            open(path, "w").close()
            os.unlink(path)
            return True
        except OSError:
            pass
    return False
`,
    noControl: 'it would write to the machine of the test',
  },
  {
    kind: 'files',
    tries: 'overwrite its interpreter by /proc/self/exe',
    heldBy: 'read-only mounts',
    source: attempt('os.open("/proc/self/exe", os.O_WRONLY)', 'import os'),
    noControl: 'a running program is busy, wherever it runs',
  },
  {
    kind: 'files',
    tries: 'make and open a device',
    heldBy: 'no capabilities, mounts without devices',
    source: attempt(
      'os.mknod(inputs["folder"] + "/disk", 0o600 | stat.S_IFBLK, os.makedev(254, 0))\nopen(inputs["folder"] + "/disk", "rb").read(1)',
      'import os, stat',
    ),
    noControl: 'the test may not have the right to make devices',
  },
  {
    kind: 'files',
    tries: 'read the memory or a disk of the machine',
    heldBy: 'a /dev of three harmless devices',
    source: `
def main(inputs):
    for path in ("/dev/mem", "/dev/kmem", "/dev/vda", "/dev/sda", "/dev/nvme0n1", "/proc/kcore", "/dev/kvm", "/dev/fuse", "/dev/tty", "/dev/ptmx"):
        try:
            open(path, "rb").read(1)
            return True
        except OSError:
            pass
    return False
`,
    noControl: 'not every machine has one of them',
  },
  {
    kind: 'files',
    tries:
      'change settings of the kernel that run programs of ours (core_pattern, modprobe, uevent_helper, release_agent)',
    heldBy: 'no rights on /proc/sys, no /sys',
    source: `
def main(inputs):
    for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/sys/kernel/uevent_helper",
                 "/sys/fs/cgroup/release_agent", "/proc/sysrq-trigger", "/proc/sys/fs/binfmt_misc/register"):
        try:
            open(path, "w").close()
            return True
        except OSError:
            pass
    return False
`,
    noControl: 'it would change the machine of the test',
  },
];
