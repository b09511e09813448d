/** Tries to use more than the limits allow. */
import { basicProbes } from '../../../../activities/sandbox/probes/basic.ts';
import type { CodeProblemType } from '../../../../activities/sandbox/sandbox.ts';
import { systemCall, type Probe } from '../../../../activities/sandbox/probes/probe.ts';

export interface ResourceProbe extends Probe {
  /** The problem that ends the code; null where it only gets errors and continues. */
  readonly endsBy: CodeProblemType | null;
}

const noControl = 'it would harm the machine of the test';

function probe(tries: string, heldBy: string, endsBy: CodeProblemType | null, source: string): ResourceProbe {
  return { kind: 'resources', tries, heldBy, endsBy, source, noControl };
}

const wallTime = 'a timer of the worker, which kills all processes of the sandbox';

export const resourceProbes: readonly ResourceProbe[] = [
  ...basicProbes.filter(({ kind }) => kind === 'resources').map((one) => ({ ...one, endsBy: null })),
  probe(
    'start threads without end',
    'a limit of processes and threads',
    null,
    `
import threading, time
def main(inputs):
    started = 0
    try:
        while started < 200:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    return started >= 200
`,
  ),
  probe(
    'take all memory in one process',
    'a limit of the address space of each process',
    'memory_limit',
    `
def main(inputs):
    return len([bytearray(10_000_000) for _ in range(10_000)]) > 0
`,
  ),
  probe(
    'take all memory with many processes',
    'the sum of their real memory, which is looked at 20 times a second',
    'memory_limit',
    `
import os, time
def main(inputs):
    for _ in range(12):
        if os.fork() == 0:
            taken = bytearray(60_000_000)
            for at in range(0, len(taken), 4096):
                taken[at] = 1
            time.sleep(60)
    time.sleep(60)
    return True
`,
  ),
  probe(
    'take memory with unread data in sockets',
    'each socket counts as if its buffer were full',
    'memory_limit',
    `
import os, socket, time
def main(inputs):
    for _ in range(20):
        if os.fork() == 0:
            pairs = []
            try:
                while True:
                    pairs.append(socket.socketpair())
                    pairs[-1][0].setblocking(False)
                    pairs[-1][0].send(b"x" * 100_000)
            except OSError:
                pass
            time.sleep(60)
    time.sleep(60)
    return True
`,
  ),
  probe(
    'fill the disk',
    'one writable folder, in memory, with a size',
    null,
    `
import os
def main(inputs):
    written = 0
    try:
        for number in range(1_000):
            with open(f"{inputs['folder']}/{number}", "wb") as file:
                file.write(b"x" * 1_000_000)
            written += 1
    except OSError:
        pass
    return written >= 1_000
`,
  ),
  probe(
    'make files without end (inode bomb)',
    'a number of files of the writable folder',
    null,
    `
def main(inputs):
    made = 0
    try:
        while made < 100_000:
            open(f"{inputs['folder']}/{made}", "w").close()
            made += 1
    except OSError:
        pass
    return made >= 100_000
`,
  ),
  probe(
    'make a sparse file of a terabyte',
    'a limit of the size of a file',
    null,
    `
import os, signal
def main(inputs):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        os.truncate(os.open(inputs["folder"] + "/large", os.O_CREAT | os.O_WRONLY), 1 << 40)
        return True
    except OSError:
        return False
`,
  ),
  probe(
    'raise its own limits',
    'hard limits, no capabilities',
    null,
    `
import resource
def main(inputs):
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_MEMLOCK):
        try:
            resource.setrlimit(limit, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return True
        except (OSError, ValueError):
            pass
    return False
`,
  ),
  probe(
    'make timers without end',
    'a limit of pending signals',
    null,
    `${systemCall}
def main(inputs):
    made = 0
    try:
        while made < 5_000:
            call(222, 107, 1, 0, ctypes.create_string_buffer(8))
            made += 1
    except OSError:
        pass
    return made >= 5_000
`,
  ),
  probe(
    'use up the watches of files that the machine gives to its user (inotify)',
    'seccomp',
    null,
    `${systemCall}
def main(inputs):
    try:
        call(294, 26, 0)
        return True
    except OSError:
        return False
`,
  ),
  probe(
    'open files without end',
    'a limit of open files',
    null,
    `
import os
def main(inputs):
    opened = []
    try:
        while len(opened) < 5_000:
            opened.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    for descriptor in opened:
        os.close(descriptor)
    return len(opened) >= 5_000
`,
  ),
  probe(
    'write to standard output without end',
    'a number of bytes, after which everything is ended',
    'output_limit',
    `
import os
def main(inputs):
    while True:
        os.write(1, b"x" * 65536)
`,
  ),
  probe(
    'write to standard error without end',
    'a number of bytes, after which everything is ended',
    'output_limit',
    `
import os
def main(inputs):
    while True:
        os.write(2, b"x" * 65536)
`,
  ),
  probe(
    'compute without end, and ignore the signal of the limit',
    wallTime,
    'time_limit',
    `
import signal, threading
def main(inputs):
    for number in (signal.SIGTERM, signal.SIGXCPU, signal.SIGALRM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
`,
  ),
  probe(
    'sleep past the limit in a thread, with the main thread waiting for it',
    wallTime,
    'time_limit',
    `
import threading, time
def main(inputs):
    sleeper = threading.Thread(target=time.sleep, args=(60,))
    sleeper.start()
    sleeper.join()
    return True
`,
  ),
  probe(
    'close its outputs and continue',
    wallTime,
    'time_limit',
    `
import os, time
def main(inputs):
    for descriptor in (0, 1, 2, 3):
        os.close(descriptor)
    time.sleep(60)
    return True
`,
  ),
];
