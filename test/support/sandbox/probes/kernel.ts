/** Tries to reach parts of the kernel that exploits use. Each calls the kernel itself, with arguments that are valid. */
import { basicProbes } from '../../../../activities/sandbox/probes/basic.ts';
import { attempt, systemCall, type Probe } from '../../../../activities/sandbox/probes/probe.ts';

const byFilter = 'seccomp';

function refused(tries: string, statements: string, noControl?: string, imports = ''): Probe {
  const source = attempt(statements, `${imports}\n${systemCall}`);
  return { kind: 'kernel', tries, heldBy: byFilter, source, ...(noControl === undefined ? {} : { noControl }) };
}

const rights = 'the test may not have the right to it';
const notEverywhere = 'not every kernel has it or allows it';

export const kernelProbes: readonly Probe[] = [
  ...basicProbes.filter(({ kind }) => kind === 'kernel'),
  refused('mount a file system', 'call(165, 40, b"none", b"/", b"tmpfs", 0, 0)', rights),
  refused('mount by the newer calls (fsopen, open_tree)', 'call(430, 430, b"tmpfs", 0)', rights),
  refused('enter a namespace', 'call(308, 268, 0, 0)', rights),
  {
    kind: 'kernel',
    tries: 'make a process in a new user namespace (clone, clone3)',
    heldBy: byFilter,
    source: `${systemCall}
import os
def main(inputs):
    made = False
    for flag in (0x10000000, 0x00020000, 0x40000000, 0x20000000):
        try:
            child = call(56, 220, flag | 17, 0, 0, 0, 0)
            if child == 0:
                os._exit(0)
            made = True
        except OSError:
            pass
    try:
        child = call(435, 435, ctypes.create_string_buffer((0x10000000).to_bytes(8, "little") + b"\\0" * 80), 88)
        if child == 0:
            os._exit(0)
        made = True
    except OSError:
        pass
    return made
`,
    noControl: notEverywhere,
  },
  refused('io_uring', 'call(425, 425, 4, ctypes.create_string_buffer(120))', notEverywhere),
  refused('userfaultfd', 'call(323, 282, 1)', notEverywhere),
  refused('load a BPF program', 'call(321, 280, 5, ctypes.create_string_buffer(120), 48)', rights),
  refused(
    'measure by perf_event_open',
    'call(298, 241, ctypes.create_string_buffer(b"\\1\\0\\0\\0\\x70" + b"\\0" * 115), 0, -1, -1, 0)',
    notEverywhere,
  ),
  refused("use the kernel's keys", 'call(250, 219, 0, -3, 1)', notEverywhere),
  refused('change the personality (no address randomisation)', 'call(135, 92, 0x0040000)'),
  refused('watch all files (fanotify)', 'call(300, 262, 0, 0)', notEverywhere),
  refused('run a file that lies in memory alone', 'call(319, 279, b"x", 0)'),
  refused(
    'set the clock',
    'call(227, 112, 0, ctypes.create_string_buffer(16))',
    'it would change the clock of the machine',
  ),
  refused('load a module of the kernel', 'call(313, 273, 0, b"", 0)', rights),
  {
    kind: 'kernel',
    tries: 'get a real-time priority, or more than its share of the processor',
    heldBy: "a lower priority than the worker's, no capabilities",
    source: `
import os
def main(inputs):
    for change in (lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
                   lambda: os.setpriority(os.PRIO_PROCESS, 0, -20), lambda: os.setpriority(os.PRIO_PROCESS, 0, 0)):
        try:
            change()
            return True
        except OSError:
            pass
    return False
`,
    noControl: rights,
  },
  {
    kind: 'kernel',
    tries: 'be the last that the kernel ends when memory is short (oom_score_adj)',
    heldBy: 'a read-only /proc',
    source: attempt('open("/proc/self/oom_score_adj", "w").write("-1000")'),
    noControl: rights,
  },
  {
    kind: 'kernel',
    tries: 'have its crash handled by a program of the host (core_pattern)',
    heldBy: 'a limit of one byte for core dumps, which seccomp keeps from change',
    source: `
import os, resource
def main(inputs):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return True
    except (OSError, ValueError):
        pass
    limits = [line for line in open("/proc/self/limits") if line.startswith("Max core file size")]
    return limits[0].split()[4:6] != ["1", "1"]
`,
  },
  refused('take memory of System V', 'call(29, 194, 0, 4096, 0o1600)'),
  refused('share memory that belongs to no process', 'mmap.mmap(-1, 4096)', undefined, 'import mmap'),
  refused(
    'keep pages in a pipe after their memory is given back (vmsplice)',
    `
read, write = os.pipe()
class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
page = ctypes.create_string_buffer(4096)
call(278, 75, write, ctypes.byref(Part(ctypes.addressof(page), 4096)), 1, 0)
`,
    undefined,
    'import os',
  ),
  refused(
    'give a socket a larger buffer than is counted (SO_SNDBUF)',
    'socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)',
    undefined,
    'import socket',
  ),
  {
    kind: 'kernel',
    tries: 'use up its memory with locks of files',
    heldBy: byFilter,
    source: `
import fcntl
def main(inputs):
    with open(inputs["folder"] + "/locked", "wb") as file:
        for command in (6, 7, 37, 38):
            try:
                fcntl.fcntl(file, command, b"\\1\\0\\0\\0\\0\\0\\0\\0" + b"\\0" * 24)
                return True
            except OSError as error:
                if error.errno != 1:
                    return True
    return False
`,
  },
  refused("use up the machine's asynchronous input", 'call(206, 0, 1, ctypes.create_string_buffer(8))'),
  {
    kind: 'kernel',
    tries: 'put characters into a terminal, also with bits set that the kernel ignores (CVE-2019-10063)',
    heldBy: 'seccomp, a session without a terminal',
    source: `${systemCall}
def main(inputs):
    for request in (0x5412, 0x5412 | 1 << 32, 0x541C):
        try:
            call(16, 29, 0, request, ctypes.create_string_buffer(b"x"))
            return True
        except OSError as error:
            if error.errno != 1:
                return True
    return False
`,
  },
  {
    kind: 'kernel',
    tries: 'call the kernel as a 32-bit program, whose numbers differ (int 0x80)',
    heldBy: 'seccomp: the process is killed',
    source: `
import ctypes, mmap, os, platform
def main(inputs):
    if platform.machine() != "x86_64":
        return False
    child = os.fork()
    if child == 0:
        code = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3")
        function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        os._exit(0 if function() > 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
`,
    noControl: 'not every kernel runs 32-bit programs',
  },
];
