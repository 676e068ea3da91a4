import type { Run } from "./account.ts";

/** A run as the API describes it. */
export interface ResolvedRun {
  id: string;
  state: string;
  type: string;
  title: string;
  createdAt: number;
  finished: boolean;
  needsApproval: boolean;
  driftDetection: boolean;
  /** Newest first. */
  history: {
    state: string;
    stateVersion: number;
    terminal: boolean;
    timestamp: number;
    username: string | null;
  }[];
}

/** A run with what follows from its history. */
export function resolveRun(run: Run): ResolvedRun {
  const last = run.history.at(-1);
  const state = last?.state ?? "UNKNOWN";
  return {
    id: run.id,
    state,
    type: run.type,
    title: run.driftDetection ? "Drift detection" : `Run of ${run.stackId}`,
    createdAt: run.createdAt,
    finished: last?.terminal ?? false,
    needsApproval: state === "PENDING_REVIEW",
    driftDetection: run.driftDetection,
    history: run.history.map((transition, index) => ({ ...transition, stateVersion: index + 1 }))
      .reverse(),
  };
}
