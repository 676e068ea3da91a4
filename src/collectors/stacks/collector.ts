import type { Collector } from "../collector.ts";
import { OLD_FAMILIES, STACK_FAMILIES } from "./metrics.ts";
import { StacksWalks } from "./walks.ts";

/** The user's settings for the walks; times in milliseconds. */
export interface StacksSettings {
  readonly details: boolean;
  /** The maximum number of stacks per walk whose drifted resources are counted. */
  readonly driftLimit: number;
  /** The maximum number of stacks to walk. */
  readonly limit: number;
  /** How long a walk is served; undefined means as long as it takes to avoid gaps. */
  readonly maxStaleness: number | undefined;
  readonly pageSize: number;
  readonly refreshInterval: number;
  /** Only stacks in one of these spaces and with one of these labels; all when empty. */
  readonly space: readonly string[];
  readonly label: readonly string[];
  /** Whether the two old names keep the account's totals. */
  readonly totals: boolean;
}

/** The settings that the collector takes. */
export interface StacksCollectorSettings {
  /** One page may take as long as a scrape. */
  readonly exporter: { readonly scrapeTimeout: number };
  readonly stacks: StacksSettings;
}

/** Every stack that the key may read; takes too many requests for a scrape to wait. */
export const stacks: Collector<StacksCollectorSettings> = {
  name: "stacks",
  subject: "the state and drift of each stack, in the background",
  families: STACK_FAMILIES,
  schedule: ({ stacks: { refreshInterval, maxStaleness, totals } }) => ({
    claims: totals ? [] : OLD_FAMILIES,
    interval: refreshInterval,
    maxStaleness,
    maxStalenessFlag: "--stacks-max-staleness",
  }),
  start: (context) => {
    const walks = new StacksWalks(context);
    return (signal, onTrouble = () => {}) => walks.next(signal, onTrouble);
  },
};
