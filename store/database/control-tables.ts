/** The tables of people who take over a browser: one control a step, and the actions done under it. */
import type { Generated } from 'kysely';

export interface ControlTables {
  controls: {
    job_id: string;
    step_id: string;
    state: string;
    asked_by: string;
    asked_at: string;
    /** When the person was last heard of. */
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
    /** Null once it has been begun: what a person types is kept no longer than it must be. */
    action: string | null;
    described: string;
    outcome: string;
    problem: string | null;
    at: string;
  };
}
