/** The tables of people's control of browsers: one control a step, and the actions performed under it. */
import type { Generated } from 'kysely';

export interface ControlTables {
  controls: {
    job_id: string;
    step_id: string;
    state: string;
    asked_by: string;
    asked_at: string;
    /** When the person was last heard from. */
    seen_at: string;
    note: string | null;
    screen: string | null;
    /** Actions up to this one belong to an earlier control. */
    after: number;
  };
  person_actions: {
    sequence: Generated<number>;
    job_id: string;
    step_id: string;
    /** Null once the action has begun: typed text is kept no longer than necessary. */
    action: string | null;
    described: string;
    outcome: string;
    problem: string | null;
    at: string;
  };
}
