/** The command line's one setting besides its flags. The only file here that reads the environment. */
export function defaultApiUrl(): string {
  const url = process.env['LODESTONE_URL'];
  return url === undefined || url === '' ? 'http://127.0.0.1:8700' : url;
}
