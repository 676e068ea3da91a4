import type { Run } from "../../../../src/demo/api/account.ts";
import type { Event } from "../scenario.ts";
import { changeStack, enterRun } from "../stage_account.ts";

/** The states that a run comes into, by the seconds since the first scrape. */
export type Course = readonly (readonly [at: number, state: string])[];

/** Leads a run through its states; a tracked one takes its stack with it, once it leaves the queue. */
export function runEvents(
  stack: string,
  course: Course,
  options: Partial<Pick<Run, "type" | "driftDetection">> & {
    /** Whether the webhook reports it. */
    readonly delivered?: boolean;
    /** Where several runs of a stack begin at once. */
    readonly name?: string;
  } = {},
): Event[] {
  const { delivered = false, name = "", ...kind } = options;
  const id = `${stack}-${course[0]?.[0]}${name}`;
  return course.map(([at, state]) => ({
    at,
    act: async ({ account, deliver }) => {
      const run = enterRun(account, state, { id, stack, at, ...kind });
      if (run.type === "TRACKED" && !/^(QUEUED|READY)$/.test(state)) {
        changeStack(account, stack, { state, stateSetAt: at });
      }
      if (delivered) await deliver(run);
    },
  }));
}
