// Reads npm's lock files. One that can't be read (a conflict in a merge, an installation that was killed) is a result,
// not an exception: npm itself gives the best message, or writes the file again.

/**
 * @typedef {{
 *   version?: string,
 *   integrity?: string,
 *   optional?: boolean,
 * }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * @param {string} text
 * @returns {LockFile | undefined}
 */
export function parseLockFile(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The lock file lists platform-specific packages for all platforms; an installation has only those for its own.
 * @param {LockFile} wanted
 * @param {LockFile} installed
 */
export function sameVersions(wanted, installed) {
  const { '': _project, ...wantedPackages } = wanted.packages ?? {};
  const installedPackages = installed.packages ?? {};
  const noneMissing = Object.entries(wantedPackages).every(
    ([name, { optional }]) => optional || name in installedPackages,
  );
  return (
    noneMissing &&
    Object.entries(installedPackages).every(([name, { version, integrity }]) => {
      const locked = wantedPackages[name];
      return locked !== undefined && locked.version === version && locked.integrity === integrity;
    })
  );
}
