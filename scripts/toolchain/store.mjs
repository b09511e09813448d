// Where the store is, as the settings say, and whether a PostgreSQL server listens there. Passwords are not shown.
import { connect } from 'node:net';

const ANSWER_WITHIN = 3000;
const DEFAULT_PORT = 5432;

/**
 * @param {import('./surroundings.mjs').Surroundings} surroundings
 * @returns {Promise<import('./examination.mjs').Finding>}
 */
export async function examineStore({ environment }) {
  const finding = { title: 'Database of the store', required: true };
  const setting = environment['LODESTONE_DATABASE_URL'];
  if (setting === undefined || setting === '') {
    return { ...finding, version: 'SQLite', source: `in ${environment['LODESTONE_DATA_DIR'] ?? '.lodestone/data'}` };
  }
  if (!URL.canParse(setting)) {
    return { ...finding, missing: 'LODESTONE_DATABASE_URL is no address, as in postgres://user:password@host/name.' };
  }
  const { hostname, port, pathname } = new URL(setting);
  const server = `${hostname}:${port === '' ? DEFAULT_PORT : port}`;
  // Without a host, or with one among the parameters, it is a socket of this machine.
  if (hostname === '' || new URL(setting).searchParams.has('host')) {
    return { ...finding, version: 'PostgreSQL', source: `${pathname.slice(1)} by a socket` };
  }
  return (await isListening(hostname, Number(port === '' ? DEFAULT_PORT : port)))
    ? { ...finding, version: 'PostgreSQL', source: `${pathname.slice(1)} at ${server}` }
    : { ...finding, missing: `No PostgreSQL server listens at ${server}: start it, or set LODESTONE_DATABASE_URL.` };
}

/** @param {string} host @param {number} port @returns {Promise<boolean>} */
function isListening(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWER_WITHIN });
    const end = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end(true)).on('error', () => end(false));
    socket.on('timeout', () => end(false));
  });
}
