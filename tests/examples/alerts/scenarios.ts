import type { Scenario } from "./scenario.ts";
import { API_SCENARIOS } from "./scenarios/api_scenarios.ts";
import { EXPORTER_SCENARIOS } from "./scenarios/exporter_scenarios.ts";
import { HEALTHY_DAY } from "./scenarios/healthy_day.ts";
import { RUN_SCENARIOS } from "./scenarios/run_scenarios.ts";
import { STACK_SCENARIOS } from "./scenarios/stack_scenarios.ts";
import { USAGE_SCENARIOS } from "./scenarios/usage_scenarios.ts";
import { WORKER_POOL_SCENARIOS } from "./scenarios/worker_pool_scenarios.ts";

/** Every scenario that the alerts are tested on. */
export const SCENARIOS: readonly Scenario[] = [
  HEALTHY_DAY,
  ...EXPORTER_SCENARIOS,
  ...API_SCENARIOS,
  ...WORKER_POOL_SCENARIOS,
  ...STACK_SCENARIOS,
  ...RUN_SCENARIOS,
  ...USAGE_SCENARIOS,
];
