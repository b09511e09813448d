/** Tries to see, signal or outlive other processes. */
import { basicProbes } from '../../../../activities/sandbox/probes/basic.ts';
import { attempt, systemCall, type Probe } from '../../../../activities/sandbox/probes/probe.ts';

export const processProbes: readonly Probe[] = [
  ...basicProbes.filter(({ kind }) => kind === 'processes'),
  {
    kind: 'processes',
    tries: 'end its parent and all other processes',
    heldBy: 'a process namespace, whose first process takes no signals from within',
    source: `
import os, signal
def main(inputs):
    for process in (os.getppid(), 1):
        try:
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
    return os.getppid() != 1
`,
    noControl: 'it would end the test',
    alone: true,
  },
  {
    kind: 'processes',
    tries: 'get more rights by a set-uid program',
    heldBy: 'no such programs, mounts without set-uid, no new privileges',
    source: `
import ctypes, os
def main(inputs):
    no_new_privileges = ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)
    return no_new_privileges != 1 or os.path.exists("/usr/bin/su") or os.path.exists("/usr/bin/sudo")
`,
  },
  {
    kind: 'processes',
    tries: 'become another user or get capabilities back',
    heldBy: 'no capabilities, one user in the namespace',
    source: `
import os
def main(inputs):
    for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.chroot("/scratch")):
        try:
            change()
            return True
        except OSError:
            pass
    held = [line for line in open("/proc/self/status") if line.startswith("Cap") and int(line.split()[1], 16) != 0]
    return len(held) > 0
`,
    noControl: 'the test may run without rights itself',
  },
  {
    kind: 'processes',
    tries: 'trace a process of its own',
    heldBy: 'seccomp',
    source: `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def main(inputs):
    child = os.fork()
    if child == 0:
        os._exit(0 if libc.ptrace(0, 0, 0, 0) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
`,
  },
  {
    kind: 'processes',
    tries: 'find a first process of the sandbox without limits',
    heldBy: 'limits that are set before bubblewrap starts',
    source: `
def main(inputs):
    names = ("Max core file size", "Max file size", "Max locked memory", "Max msgqueue size", "Max open files")
    return any(line[26:].split()[1] == "unlimited" or int(line[26:].split()[1]) > 1 << 24
               for line in open("/proc/1/limits") if line.startswith(names))
`,
    noControl: 'the first process of the machine may have some',
  },
  {
    kind: 'processes',
    tries: 'write to the memory of another process, such as the first one of the sandbox (/proc/1/mem)',
    heldBy:
      'a read-only /proc; a process namespace around that of the code, with which all ends whatever the first process does',
    source: `
import os, time
def main(inputs):
    child = os.fork()
    if child == 0:
        time.sleep(5)
        os._exit(0)
    for process in (1, os.getppid(), child):
        try:
            os.close(os.open(f"/proc/{process}/mem", os.O_RDWR))
            return True
        except OSError:
            pass
    return False
`,
  },
  {
    kind: 'processes',
    tries: "read another process's memory by a call of the kernel",
    heldBy: 'seccomp',
    source: attempt(
      `
buffer = ctypes.create_string_buffer(8)
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
part = Part(ctypes.addressof(buffer), 8)
call(310, 270, os.getpid(), ctypes.byref(part), 1, ctypes.byref(part), 1, 0)
`,
      `import os\n${systemCall}`,
    ),
  },
];
