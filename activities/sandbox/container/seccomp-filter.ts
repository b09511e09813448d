/**
 * The seccomp filter of the sandbox as a BPF program, in the bytes that bubblewrap reads (`--seccomp`). Refused calls fail
 * with an error, so that a library which tries one can continue without it.
 */
import { constants } from 'node:os';
import { systemCallsOf, type Architecture } from './system-calls.ts';

/** `struct sock_filter` of `linux/filter.h`: the code, two relative jumps and a constant. */
type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** Codes of classic BPF: load a word, keep some of its bits, jump on a comparison with a constant, return a constant. */
const loadWord = 0x20;
const andConstant = 0x54;
const jumpIfEqual = 0x15;
const jumpIfGreaterOrEqual = 0x35;
const jumpIfBitsSet = 0x45;
const returnValue = 0x06;

/** Offsets in `struct seccomp_data`: the call's number, the architecture, and the lower half of an argument. */
const numberOffset = 0;
const architectureOffset = 4;
const argumentOffset = (index: number): number => 16 + index * 8;

/** Return values of `linux/seccomp.h`. */
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const fail = (errno: number): number => 0x00050000 | errno;

const { EPERM, ENOSYS, EAFNOSUPPORT } = constants.errno;

/** x64 kernels also take 32-bit-pointer calls (x32), which have this bit and would pass by their numbers. */
const x32Bit = 0x40000000;

/** All CLONE_NEW… flags: time, mount, cgroup, UTS, IPC, user, PID and network namespaces. */
const newNamespaceFlags =
  0x00000080 | 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;

/** Only sockets between processes of the sandbox: VSOCK and others are not bound to a network namespace. */
const unixSockets = 1;

/** `MAP_SHARED` with `MAP_ANONYMOUS`: such pages stay when a process gives them back, and belong to none. */
const sharedAnonymous = 0x21;

/** `TIOCSTI` and `TIOCLINUX` put characters into a terminal's input. */
const terminalInput = [0x5412, 0x541c];

/**
 * Requests of `sys/socket.h` (0x89..), which read the interfaces and addresses of the network that a socket belongs to. Those that the
 * worker gives as descriptors belong to the host's.
 */
const requestGroup = 0xff00;
const socketRequests = 0x8900;

/** `SO_SNDBUF`, `SO_RCVBUF` and their forms with `FORCE`: memory of the kernel beyond what is counted for a socket. */
const bufferSizes = [7, 8, 32, 33];

/** `F_SETLK`, `F_SETLKW`, `F_OFD_SETLK` and `F_OFD_SETLKW`: each lock is memory of the kernel, and no limit counts them. */
const fileLocks = [6, 7, 37, 38];

/** `RLIMIT_CORE`: see `command.ts`. */
const coreLimit = 4;

export function seccompFilter(architecture: Architecture): Buffer {
  const calls = systemCallsOf(architecture);
  const program: readonly Instruction[] = [
    [loadWord, 0, 0, architectureOffset],
    [jumpIfEqual, 1, 0, calls.auditArchitecture],
    [returnValue, 0, 0, killProcess],
    [loadWord, 0, 0, numberOffset],
    ...(architecture === 'x64' ? ifThen(jumpIfGreaterOrEqual, x32Bit, killProcess) : []),
    ...calls.refused.flatMap((number) => ifThen(jumpIfEqual, number, fail(EPERM))),
    // Its flags lie in memory, which a filter cannot read; the C library falls back to `clone`.
    ...ifThen(jumpIfEqual, calls.clone3, fail(ENOSYS)),
    ...whenCalled(calls.clone, argumentOffset(0), ifThen(jumpIfBitsSet, newNamespaceFlags, fail(EPERM))),
    ...[calls.socket, calls.socketpair].flatMap((number) =>
      whenCalled(number, argumentOffset(0), [
        [jumpIfEqual, 1, 0, unixSockets],
        [returnValue, 0, 0, fail(EAFNOSUPPORT)],
      ]),
    ),
    ...whenCalled(calls.mmap, argumentOffset(3), [
      [andConstant, 0, 0, sharedAnonymous],
      ...ifThen(jumpIfEqual, sharedAnonymous, fail(EPERM)),
    ]),
    ...whenCalled(calls.ioctl, argumentOffset(1), [
      ...refusedValues(terminalInput),
      [andConstant, 0, 0, requestGroup],
      ...refusedValues([socketRequests]),
    ]),
    ...whenCalled(calls.setsockopt, argumentOffset(2), refusedValues(bufferSizes)),
    ...whenCalled(calls.fcntl, argumentOffset(1), refusedValues(fileLocks)),
    ...whenCalled(calls.setrlimit, argumentOffset(0), refusedValues([coreLimit])),
    ...whenCalled(calls.prlimit64, argumentOffset(1), refusedValues([coreLimit])),
    [returnValue, 0, 0, allow],
  ];
  return encode(program);
}

/** Returns `result` when the comparison is true, and continues otherwise. */
function ifThen(comparison: number, value: number, result: number): readonly Instruction[] {
  return [
    [comparison, 0, 1, value],
    [returnValue, 0, 0, result],
  ];
}

function refusedValues(values: readonly number[]): readonly Instruction[] {
  return values.flatMap((value) => ifThen(jumpIfEqual, value, fail(EPERM)));
}

/** Judges one call by an argument; the call is allowed when no instruction of `judgement` returns. */
function whenCalled(number: number, offset: number, judgement: readonly Instruction[]): readonly Instruction[] {
  return [
    [jumpIfEqual, 0, judgement.length + 2, number],
    [loadWord, 0, 0, offset],
    ...judgement,
    [returnValue, 0, 0, allow],
  ];
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, index * 8);
    bytes.writeUInt8(ifTrue, index * 8 + 2);
    bytes.writeUInt8(ifFalse, index * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, index * 8 + 4);
  }
  return bytes;
}
