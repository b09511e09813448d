/** Tells errors of the two databases that pass by themselves from those that a repetition meets again. */

/**
 * Connections that broke or could not be had, a server that ends or begins, locks and statements that took too long, and on
 * SQLite another process that writes for long. The reason may be the cause of an error that names the database.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return isPassingItself(error) || isPassing(error.cause);
}

function isPassingItself(error: Error): boolean {
  const code = codeOf(error);
  if (
    /^(08|53|57P0|55P03|57014|40)/.test(code) ||
    /^(ECONN|EPIPE|ETIMEDOUT|ENETUNREACH|EHOST|EAI_AGAIN)/.test(code) ||
    isMissingSocket(error)
  )
    return true;
  return (
    isBusy(error) ||
    /^(connection terminated|timeout exceeded when trying to connect|timeout expired)/i.test(error.message)
  );
}

/** PostgreSQL on a socket file, which is not there while the server is away. Any other file that is missing stays so. */
function isMissingSocket(error: Error): boolean {
  return codeOf(error) === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
}

/** PostgreSQL has aborted a transaction because of another one; it has changed nothing. */
export function isConflict(error: unknown): boolean {
  const serializationFailure = '40001';
  const deadlockDetected = '40P01';
  return error instanceof Error && [serializationFailure, deadlockDetected].includes(codeOf(error));
}

/** SQLITE_BUSY; the higher bits are a detailed code. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

/** The wait for another process was too long. */
export function isLocked(error: unknown): boolean {
  const lockNotAvailable = '55P03';
  return isBusy(error) || (error instanceof Error && codeOf(error) === lockNotAvailable);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
