import assert from "node:assert/strict";
import { RecentRuns } from "../../../src/collectors/runs/recent_runs.ts";
import { readRun, type Run } from "../../../src/collectors/runs/run.ts";

Deno.test("the runs that ended last are kept, the latest first, and no more than twenty", () => {
  const recent = new RecentRuns();
  const inAnyOrder = Array.from({ length: 50 }, (_, index) => (index * 7) % 50);
  for (const at of inAnyOrder) recent.add(endedAt(at), at);
  const latest = Array.from({ length: 20 }, (_, index) => `run-${49 - index}`);
  assert.deepEqual(recent.runs.map(({ id }) => id), latest);
});

function endedAt(timestamp: number): Run {
  const history = [{ state: "FINISHED", timestamp, terminal: true, stateVersion: 1 }];
  const run = {
    id: `run-${timestamp}`,
    state: "FINISHED",
    type: "TRACKED",
    createdAt: timestamp,
    finished: true,
    driftDetection: false,
    history,
  };
  return readRun({ run, stack: { id: "a", space: "root" } }, new Map());
}
