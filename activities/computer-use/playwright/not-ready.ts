/** The browser that was started for a session does not answer. Nothing of the session has reached it: another may take its place. */
export class BrowserNotReady extends Error {
  override readonly name = 'BrowserNotReady';
}
