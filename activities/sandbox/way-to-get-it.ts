/** What to do where a sandbox does not start, by what its programs said. */

const namespaces =
  'It needs user namespaces. Allow them: sysctl kernel.unprivileged_userns_clone=1 (Debian), ' +
  'kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu) and a user.max_user_namespaces above 0; in Docker ' +
  '--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined.';

/** The first that fits; later ones are more general. */
const ways: readonly (readonly [said: RegExp, way: string])[] = [
  [
    /bwrap: (command )?not found|execute bwrap/,
    "Install bubblewrap: apt-get install bubblewrap, or your distribution's.",
  ],
  [/(setpriv|unshare|mount): (command )?not found|spawn setpriv ENOENT|execute unshare/, 'Install util-linux.'],
  [
    /source path|special device|execvp|may not be read/,
    "Its user must be able to read the product's files: chmod -R o+rX on node_modules, activities and .lodestone/cache.",
  ],
  [
    /Python package/,
    'npm run setup fetches numpy and cv2 for the version of LODESTONE_PYTHON; LODESTONE_PYTHON_PACKAGES must name such a folder.',
  ],
  [/unknown option|unrecognized option/i, 'Install bubblewrap 0.8 and util-linux 2.38 or later.'],
  [/namespace|unshare|uid map|uid_map|not permitted|permission denied|mount|No space left/i, namespaces],
];

/** Empty where nothing is known. */
export function wayToGetIt(said: string): string {
  return ways.find(([pattern]) => pattern.test(said))?.[1] ?? '';
}
