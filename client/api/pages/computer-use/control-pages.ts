/** The routes of the page where a person acts in a run's browser; its forms work without the script. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import type { PersonAction } from '../../../../workflows/contract/computer-use/control.ts';
import { findRun } from '../../computer-use/computer-run.ts';
import { actAsPerson, handBack, readControl, takeOver, type Controlled } from '../../computer-use/control.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { controlFragment, controlPage, type ControlPageData } from './control-page.ts';

const coordinate = z.coerce.number().min(0).optional();
const FormSchema = z.object({
  to: z.enum(['take_over', 'hand_back']).optional(),
  note: z.string().max(1000).optional(),
  text: z.string().max(2000).optional(),
  key: z.string().max(20).optional(),
  'at.x': coordinate,
  'at.y': coordinate,
  as: z.enum(['click', 'double_click', 'right_click', 'scroll_down', 'scroll_up']).default('click'),
});
type Form = z.infer<typeof FormSchema>;

/** How far a press scrolls, in pixels. */
const scrollStep = 400;

export function addControlPages(app: OpenAPIHono, { store, now }: ApiDependencies): void {
  const at = ({ id, stepId }: { id: string; stepId: string }): Controlled => ({ store, jobId: id, stepId, now: now() });
  const data = async (controlled: Controlled): Promise<ControlPageData> => ({
    found: await findRun(store, controlled.jobId, controlled.stepId),
    control: await readControl(controlled, true),
  });
  app.get('/jobs/:id/steps/:stepId/control', async (context) =>
    context.html(controlPage(await data(at(context.req.param())))),
  );
  app.get('/jobs/:id/steps/:stepId/control/fragment', async (context) =>
    context.html(controlFragment(await data(at(context.req.param())))),
  );
  app.post('/jobs/:id/steps/:stepId/control', async (context) => {
    const controlled = at(context.req.param());
    const form = FormSchema.safeParse(await context.req.parseBody());
    if (!form.success) throw new ProblemError('invalid-request', 'that is nothing a person can do here');
    try {
      await follow(controlled, form.data);
    } catch (error) {
      // Control changed between the page and the click: the page shows the current state.
      if (!(error instanceof ProblemError) || !error.is('conflict')) throw error;
    }
    return context.redirect(`/jobs/${controlled.jobId}/steps/${controlled.stepId}/control`, 303);
  });
}

async function follow(controlled: Controlled, form: Form): Promise<void> {
  if (form.to === 'take_over') return takeOver(controlled, 'the job page');
  if (form.to === 'hand_back') return handBack(controlled, form.note?.trim() === '' ? null : (form.note ?? null));
  const action = actionOf(form);
  if (action !== null) await actAsPerson(controlled, action);
}

function actionOf({ text, key, 'at.x': x, 'at.y': y, as }: Form): PersonAction | null {
  if (text !== undefined && text !== '') return { type: 'type', text };
  if (key !== undefined) return { type: 'keypress', keys: [key] };
  if (x === undefined || y === undefined) return null;
  switch (as) {
    case 'click':
      return { type: 'click', x, y, button: 'left' };
    case 'right_click':
      return { type: 'click', x, y, button: 'right' };
    case 'double_click':
      return { type: 'double_click', x, y };
    case 'scroll_down':
    case 'scroll_up':
      return { type: 'scroll', x, y, scroll_x: 0, scroll_y: as === 'scroll_down' ? scrollStep : -scrollStep };
  }
}
