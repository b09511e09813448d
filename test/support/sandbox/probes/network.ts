/** Tries to reach a network, or anybody outside by a socket. */
import { basicProbes } from '../../../../activities/sandbox/probes/basic.ts';
import { attempt, systemCall, type Probe } from '../../../../activities/sandbox/probes/probe.ts';

const held = 'seccomp: only Unix sockets; a network namespace of its own';

export const networkProbes: readonly Probe[] = [
  ...basicProbes.filter(({ kind }) => kind === 'network'),
  {
    kind: 'network',
    tries: 'reach loopback over IPv6',
    heldBy: held,
    source: attempt('socket.create_connection(("::1", inputs["port6"]), 2).close()', 'import socket'),
  },
  {
    kind: 'network',
    tries: 'send a datagram',
    heldBy: held,
    source: attempt(
      'socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", inputs["port"]))',
      'import socket',
    ),
  },
  {
    kind: 'network',
    tries: 'resolve a name',
    heldBy: held,
    source: attempt('socket.getaddrinfo("localhost", 80)', 'import socket'),
  },
  {
    kind: 'network',
    tries: "reach the cloud's metadata service",
    heldBy: held,
    source: attempt('socket.create_connection(("169.254.169.254", 80), 1).close()', 'import socket'),
    noControl: 'not every machine has one',
  },
  {
    kind: 'network',
    tries: 'connect to a socket file of the host',
    heldBy: 'an empty root folder',
    source: attempt('socket.socket(socket.AF_UNIX).connect(inputs["socket"])', 'import socket'),
  },
  {
    kind: 'network',
    tries: "open a socket to the virtual machine's host, to the kernel or to its ciphers (VSOCK, NETLINK, PACKET, ALG)",
    heldBy: 'seccomp',
    source: `
import socket
def main(inputs):
    for family in (40, 16, 17, 38):
        for kind in (socket.SOCK_STREAM, socket.SOCK_RAW, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
            try:
                socket.socket(family, kind).close()
                return True
            except OSError:
                pass
    return False
`,
  },
  {
    kind: 'network',
    tries: 'open a pair of sockets of another family (the kernel creates them before it refuses)',
    heldBy: 'seccomp',
    source: `
import socket
def main(inputs):
    for family in (2, 16, 38, 40):
        try:
            socket.socketpair(family, socket.SOCK_STREAM)
            return True
        except OSError as error:
            if error.errno != 97:
                return True
    return False
`,
  },
  {
    kind: 'network',
    tries: 'open a network socket with bits set that the kernel ignores',
    heldBy: 'seccomp ignores them, too',
    source: attempt('call(41, 198, 2 | 1 << 32, 1, 0)', systemCall),
  },
  {
    kind: 'network',
    tries: 'read the addresses of the host by the sockets that it was given (SIOCGIFCONF)',
    heldBy: 'seccomp',
    source: onGivenSockets('call(16, 29, descriptor, 0x8912, ctypes.create_string_buffer(16))'),
  },
  {
    kind: 'network',
    tries: 'take the name of a service of the host by the sockets that it was given (bind)',
    heldBy: 'seccomp',
    source: onGivenSockets('call(49, 200, descriptor, b"\\1\\0\\0lodestone-taken", 18)'),
  },
];

/** Whether a call succeeds on one of the sockets that come from the host. */
function onGivenSockets(statement: string): string {
  return `${systemCall}
def main(inputs):
    for descriptor in range(4):
        try:
            ${statement}
            return True
        except OSError:
            pass
    return False
`;
}
