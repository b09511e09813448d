/** The one setting that is not an option: LODESTONE_URL. No other file of the command line reads the environment. */
export function defaultApiUrl(): string {
  const url = process.env['LODESTONE_URL'];
  return url === undefined || url === '' ? 'http://127.0.0.1:8700' : url;
}
