/** Notes for an attempt's run how the server answered the page that a tab shows: a refusal, until another page is there. */
import { AsyncResource } from 'node:async_hooks';
import { noteRun } from '../../runs/run-meter.ts';
import { isOfTab, type TabRequest } from './traffic.ts';

/** What is read of Playwright's `Response`. */
export interface PageAnswer {
  status(): number;
  request(): TabRequest;
}

/** Made within the attempt: the events of a browser belong to no attempt. */
export function noteAnswers(): (response: PageAnswer) => void {
  return AsyncResource.bind((response: PageAnswer): void => {
    const status = response.status();
    // The page that a redirect points to is answered next.
    if (!isOfTab(response.request()) || (status >= 300 && status < 400)) return;
    noteRun({ statusCode: status >= 400 ? status : null });
  });
}
