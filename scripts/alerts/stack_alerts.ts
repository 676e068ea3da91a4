import type { Metrics } from "../metric_names.ts";
import type { AlertGroup } from "./alert.ts";
import { acrossInstances } from "./recording_rules.ts";

const NEEDS = "Collector `stacks`, and a server that tells when a stack came into its state.";

/** Alerts on single stacks. */
export function stackAlerts({ select }: Metrics): AlertGroup {
  const since = select("spacelift_stack_state_timestamp_seconds");
  const inStateFor = (state: string, seconds: number) => {
    const matchers = { stack: '!=""', state: `="${state}"` };
    const inState = select("spacelift_current_stacks_count_by_state", matchers);
    const condition = `${inState} == 1`;
    return acrossInstances(
      `\n  time() - ${since} > ${seconds}\n  and on (job, instance, space, stack) ${condition}\n`,
    );
  };
  return {
    name: "spacelift-stacks",
    title: "Stacks",
    alerts: [
      {
        name: "SpaceliftStackFailed",
        expr: inStateFor("FAILED", 3600),
        severity: "warning",
        summary: "The stack {{ $labels.stack }} has failed",
        description: "The stack {{ $labels.stack }} in the space {{ $labels.space }} has been in " +
          "the state FAILED for {{ $value | humanizeDuration }}.",
        needs: NEEDS,
        runbook: {
          meaning: "The last tracked run of the stack ended in failure, and nobody has run it " +
            "again for an hour.",
          check: ["The stack's last run in Spacelift: which phase failed, with which message?"],
          act: [
            "Repair the cause and trigger a run.",
            "A stack that nobody needs: disable or delete it, or leave its space out with " +
            "`--stacks-space`.",
          ],
        },
      },
      {
        name: "SpaceliftStackUnconfirmed",
        expr: inStateFor("UNCONFIRMED", 86_400),
        severity: "info",
        summary: "A run of the stack {{ $labels.stack }} waits for confirmation",
        description: "The stack {{ $labels.stack }} in the space {{ $labels.space }} has waited " +
          "for somebody to confirm or discard its run for {{ $value | humanizeDuration }}.",
        needs: NEEDS,
        runbook: {
          meaning: "A planned change waits for a decision and blocks the stack: later runs queue " +
            "behind it, and what was planned grows old.",
          check: ["The run in Spacelift: what would it change, and who asked for it?"],
          act: ["Confirm or discard the run.", "Changes that need no eyes: enable autodeploy."],
        },
      },
      {
        name: "SpaceliftStackDrifted",
        expr: `${
          acrossInstances(`last_over_time(${select("spacelift_stack_drifted")}[15m])`)
        } == 1`,
        for: "1d",
        severity: "info",
        summary: "The stack {{ $labels.stack }} has drifted",
        description: "Resources of the stack {{ $labels.stack }} in the space " +
          "{{ $labels.space }} have differed from its code for a day.",
        needs:
          "Collector `stacks`, a server that knows of drift, and drift detection on the stack.",
        runbook: {
          meaning: "Drift detection found resources that were changed elsewhere, and no run has " +
            "reconciled them. How many: `spacelift_current_resources_count_by_drift` with " +
            '`state="DRIFTED"`.',
          check: ["The stack's resources in Spacelift, filtered by drift: what was changed?"],
          act: [
            "Trigger a run to undo the change, or take it over into the code.",
            "Enable reconciliation in the stack's drift detection if this is the rule.",
          ],
        },
      },
    ],
  };
}
