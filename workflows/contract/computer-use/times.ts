/** Where the time of a computer-use step went. */

/**
 * Milliseconds over all attempts of a step, from the opening of its session to its end; the time between attempts is not
 * counted. Each moment belongs to one part, so that the parts add up to the whole: to a person while one is waited for, else
 * to the model while it is asked, else to the browser while it is called, else to the store and other bookkeeping.
 */
export interface ComputerUseTimes {
  readonly modelMs: number;
  /** Opening the browser, actions, waiting for pages, screenshots. */
  readonly browserMs: number;
  readonly storeMs: number;
  /** Questions to a person until they were answered, and times in which a person had control. */
  readonly waitingMs: number;
}
