/** The packages that the set-up fetches. */
export const packageModules: readonly string[] = ['numpy', 'cv2'];

/**
 * The modules that code in Python may import by default: computing, data and text, and nothing that is about the machine. The list
 * is for the author, who learns early what the sandbox would refuse at run time; the sandbox protects, not the list.
 */
export const usualImports: readonly string[] = [
  // Packages; torch where the operator has added it.
  ...packageModules,
  'torch',
  // Numbers.
  'cmath',
  'decimal',
  'fractions',
  'math',
  'numbers',
  'random',
  'statistics',
  // Data and its forms.
  'array',
  'base64',
  'binascii',
  'bisect',
  'bz2',
  'collections',
  'copy',
  'csv',
  'gzip',
  'hashlib',
  'heapq',
  'hmac',
  'html',
  'io',
  'json',
  'lzma',
  'secrets',
  'struct',
  'uuid',
  'zlib',
  // Text.
  'codecs',
  'difflib',
  'pprint',
  're',
  'string',
  'textwrap',
  'unicodedata',
  // Time.
  'calendar',
  'datetime',
  'time',
  'zoneinfo',
  // The language.
  '__future__',
  'abc',
  'ast',
  'contextlib',
  'dataclasses',
  'enum',
  'functools',
  'graphlib',
  'inspect',
  'itertools',
  'keyword',
  'operator',
  'traceback',
  'types',
  'typing',
  'warnings',
  'weakref',
  // Work at the same time, within the limit of processes.
  'asyncio',
  'concurrent',
  'queue',
  'threading',
  // What programs do in their own folder.
  'pathlib',
  'tempfile',
  'sys',
];
