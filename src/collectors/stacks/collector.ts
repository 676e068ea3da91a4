import type { Collector } from "../collector.ts";
import { OLD_FAMILIES, STACK_FAMILIES } from "./metrics.ts";
import { StacksWalks } from "./walks.ts";

/** What a person may set of the walks; times in milliseconds. */
export interface StacksSettings {
  readonly details: boolean;
  /** How many stacks' drifted resources are counted in a walk at most. */
  readonly driftLimit: number;
  /** How many stacks are walked at most. */
  readonly limit: number;
  /** How long a walk is served; undefined is as long as it takes to have no gaps. */
  readonly maxStaleness: number | undefined;
  readonly pageSize: number;
  readonly refreshInterval: number;
  /** Only the stacks of these spaces and with one of these labels; all when empty. */
  readonly space: readonly string[];
  readonly label: readonly string[];
  /** Whether the two old names stay the account's totals. */
  readonly totals: boolean;
}

/** The settings that the collector takes. */
export interface StacksCollectorSettings {
  /** One page may take as long as a scrape. */
  readonly exporter: { readonly scrapeTimeout: number };
  readonly stacks: StacksSettings;
}

/** Every stack that the key may read: too many requests for a scrape to wait for. */
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
