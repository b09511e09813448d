/**
 * The system calls that sandboxed code may not make, with their numbers per architecture (Linux's `asm/unistd_64.h` and
 * `asm-generic/unistd.h`). Ordinary programs need none of them; exploits of the kernel and ways around the limits do.
 */

export type Architecture = 'x64' | 'arm64';

/** Null where there is no sandbox. */
export function architectureHere(): Architecture | null {
  const { platform, arch } = process;
  return platform === 'linux' && (arch === 'x64' || arch === 'arm64') ? arch : null;
}

/** Numbers on x64 and arm64; null where the architecture has no such call. */
type Numbers = readonly [x64: number | null, arm64: number | null];

/** Refused with EPERM. */
const refused: Readonly<Record<string, Numbers>> = {
  // Mounts, namespaces and other roots.
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  setns: [308, 268],
  unshare: [272, 97],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  statmount: [457, 457],
  listmount: [458, 458],
  open_tree_attr: [467, 467],
  // Other processes' memory and descriptors.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_getfd: [438, 438],
  process_madvise: [440, 440],
  // Parts of the kernel with a long history of vulnerabilities.
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  personality: [135, 92],
  modify_ldt: [154, null],
  uselib: [134, null],
  lookup_dcookie: [212, 18],
  open_by_handle_at: [304, 265],
  name_to_handle_at: [303, 264],
  // The machine's administration.
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  vhangup: [153, 58],
  iopl: [172, null],
  ioperm: [173, null],
  // The sandbox's own sockets have no use for names. Its descriptors 0 to 3 are sockets of the worker: theirs would be the host's.
  bind: [49, 200],
  // Watches of files, whose number is limited for each user of the machine.
  inotify_init: [253, null],
  inotify_init1: [294, 26],
  // Memory that no limit counts: pages held by pipes, files in memory, segments and messages of System V, pages moved between
  // nodes, and contexts of asynchronous input, whose number is limited for the whole machine.
  vmsplice: [278, 75],
  splice: [275, 76],
  tee: [276, 77],
  io_setup: [206, 0],
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  shmat: [30, 196],
  shmctl: [31, 195],
  msgget: [68, 186],
  msgsnd: [69, 189],
  msgrcv: [70, 188],
  msgctl: [71, 187],
  semget: [64, 190],
  semop: [65, 193],
  semctl: [66, 191],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  set_mempolicy_home_node: [450, 450],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
};

/** Calls whose arguments decide, or that need an answer of their own. */
const judged = {
  clone: [56, 220],
  clone3: [435, 435],
  socket: [41, 198],
  socketpair: [53, 199],
  mmap: [9, 222],
  ioctl: [16, 29],
  fcntl: [72, 25],
  setsockopt: [54, 208],
  setrlimit: [160, 164],
  prlimit64: [302, 261],
} as const satisfies Readonly<Record<string, Numbers>>;

/** `AUDIT_ARCH_X86_64` and `AUDIT_ARCH_AARCH64` of `linux/audit.h`. */
const auditArchitectures = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;

export interface SystemCalls {
  /** As the kernel names the architecture in a filter's data. */
  readonly auditArchitecture: number;
  readonly refused: readonly number[];
  readonly clone: number;
  readonly clone3: number;
  readonly socket: number;
  readonly socketpair: number;
  readonly mmap: number;
  readonly ioctl: number;
  readonly fcntl: number;
  readonly setsockopt: number;
  readonly setrlimit: number;
  readonly prlimit64: number;
}

export function systemCallsOf(architecture: Architecture): SystemCalls {
  const column = architecture === 'x64' ? 0 : 1;
  return {
    auditArchitecture: auditArchitectures[architecture],
    refused: Object.values(refused).flatMap((numbers) => numbers[column] ?? []),
    clone: judged.clone[column],
    clone3: judged.clone3[column],
    socket: judged.socket[column],
    socketpair: judged.socketpair[column],
    mmap: judged.mmap[column],
    ioctl: judged.ioctl[column],
    fcntl: judged.fcntl[column],
    setsockopt: judged.setsockopt[column],
    setrlimit: judged.setrlimit[column],
    prlimit64: judged.prlimit64[column],
  };
}
