/** The probes of `npm run doctor`: one for each thing that must hold for the sandbox to be one. */
import { attempt, systemCall, type Probe } from './probe.ts';

export const basicProbes: readonly Probe[] = [
  {
    kind: 'files',
    tries: 'read a file of the host by its path',
    heldBy: 'an empty root folder with bound system libraries alone',
    source: attempt('open(inputs["file"]).read()'),
  },
  {
    kind: 'files',
    tries: 'read a variable of the worker from any environment in /proc',
    heldBy: 'an empty environment, a process namespace',
    source: `
import glob
def main(inputs):
    wanted = inputs["variable"].encode()
    for path in glob.glob("/proc/[0-9]*/environ"):
        try:
            if wanted in open(path, "rb").read():
                return True
        except OSError:
            pass
    return False
`,
  },
  {
    kind: 'network',
    tries: 'reach a server of the host over loopback',
    heldBy: 'seccomp: only Unix sockets; a network namespace of its own',
    source: attempt('socket.create_connection(("127.0.0.1", inputs["port"]), 2).close()', 'import socket'),
  },
  {
    kind: 'network',
    tries: 'connect to an abstract socket of the host',
    heldBy: 'a network namespace of its own',
    source: attempt('socket.socket(socket.AF_UNIX).connect("\\0" + inputs["abstract"])', 'import socket'),
  },
  {
    kind: 'processes',
    tries: 'see processes of the host',
    heldBy: 'a process namespace',
    source: `
import os
def main(inputs):
    return sum(name.isdigit() for name in os.listdir("/proc")) > 4
`,
  },
  {
    kind: 'processes',
    tries: 'signal a process of the host by its number',
    heldBy: 'a process namespace',
    source: attempt('os.kill(inputs["process"], 0)', 'import os'),
  },
  {
    kind: 'kernel',
    tries: 'make a user namespace (unshare)',
    heldBy: 'seccomp',
    source: attempt('call(272, 97, 0x10000000)', systemCall),
    noControl: 'not every kernel has it or allows it',
  },
  // The last, since its processes leave no room for others.
  {
    kind: 'resources',
    tries: 'start processes without end (fork bomb)',
    heldBy: 'a limit of processes and threads',
    source: `
import os, time
def main(inputs):
    started = 0
    try:
        while started < 200:
            if os.fork() == 0:
                time.sleep(60)
                os._exit(0)
            started += 1
    except OSError:
        pass
    return started >= 200
`,
    noControl: 'it would harm the machine',
  },
];
