import {
  accountUrl,
  boolean,
  duration,
  integer,
  list,
  listenAddress,
  path,
  secret,
  text,
} from "./kinds.ts";
import { optional, required, type Setting, type ValuesOf, withDefault } from "./setting.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const scrapeTimeout = duration({ min: 1, max: HOUR });

/** Which account to ask, and as whom. */
const ACCOUNT_SETTINGS = {
  apiEndpoint: required(accountUrl, {
    name: "api-endpoint",
    alias: "e",
    help: "Your spacelift API endpoint (e.g. https://myaccount.app.spacelift.io)",
  }),
  apiKeyId: required(text, {
    name: "api-key-id",
    alias: "k",
    help: "Your spacelift API key ID",
  }),
  apiKeySecret: optional(secret, {
    name: "api-key-secret",
    alias: "s",
    help: "Your spacelift API key secret",
  }),
  apiKeySecretFile: optional(path, {
    name: "api-key-secret-file",
    help: "A file with your spacelift API key secret, read again whenever the key is used",
  }),
  caCertPath: optional(path, {
    name: "ca-cert-path",
    help: "A PEM file with certificates of authorities to trust beside the usual ones",
  }),
};

/** How the exporter scrapes and answers. */
const EXPORTER_SETTINGS = {
  exporterMetrics: withDefault(boolean, true, {
    name: "exporter-metrics",
    help: "Adds metrics about the exporter itself",
  }),
  isDevelopment: withDefault(boolean, false, {
    name: "is-development",
    alias: "d",
    help: "Uses settings appropriate during local development",
  }),
  listenAddress: withDefault(listenAddress, { hostname: undefined, port: 9953 }, {
    name: "listen-address",
    alias: "l",
    help: "The address to listen on for HTTP requests",
  }),
  maxConnections: withDefault(integer({ min: 1, max: 65_536 }), 512, {
    name: "max-connections",
    help: "The number of connections open at once; for one more the longest idle one is closed",
  }),
  maxStaleness: withDefault(duration({ min: 0, max: DAY }), 2 * MINUTE, {
    name: "max-staleness",
    help: "How long the last good data of a failing collector is served; 0 turns it off",
  }),
  partialScrapes: withDefault(boolean, true, {
    name: "partial-scrapes",
    help: "Serves what was collected when a collector fails; otherwise the whole scrape fails",
  }),
  scrapeTimeout: withDefault(scrapeTimeout, 5 * SECOND, {
    name: "scrape-timeout",
    alias: "t",
    help: "The maximum duration to wait for a response from the Spacelift API during scraping",
  }),
};

/** What the collector of stacks asks for. */
const STACKS_SETTINGS = {
  stacksDetails: withDefault(boolean, false, {
    name: "stacks-details",
    help: "Adds metrics with details of each stack",
  }),
  stacksDriftLimit: withDefault(integer({ min: 0, max: 100_000 }), 200, {
    name: "stacks-drift-limit",
    help: "The number of drifted stacks per walk whose drifted resources are counted",
  }),
  stacksLabel: withDefault(list, [], {
    name: "stacks-label",
    help: "Serves only stacks with this label; may be repeated, in the environment with commas",
  }),
  stacksLimit: withDefault(integer({ min: 1, max: 100_000 }), 20_000, {
    name: "stacks-limit",
    help: "The number of stacks that are walked at most",
  }),
  stacksMaxStaleness: withDefault(duration({ min: SECOND, max: DAY }), 10 * MINUTE, {
    name: "stacks-max-staleness",
    help: "How long the last good walk over the stacks is served",
  }),
  stacksPageSize: withDefault(integer({ min: 1, max: 100 }), 50, {
    name: "stacks-page-size",
    help: "The number of stacks per request",
  }),
  stacksRefreshInterval: withDefault(duration({ min: SECOND, max: DAY }), MINUTE, {
    name: "stacks-refresh-interval",
    help: "How long to wait between two walks over the stacks",
  }),
  stacksSpace: withDefault(list, [], {
    name: "stacks-space",
    help: "Serves only stacks in the space with this ID; may be repeated, in the environment " +
      "with commas",
  }),
};

/** How large the simulated account is. */
const ACCOUNT_SIZE_SETTINGS = {
  seed: withDefault(integer({ min: 0, max: 2 ** 32 - 1 }), 1, {
    name: "seed",
    help: "The number that decides everything random in the simulated account",
  }),
  stacks: withDefault(integer({ min: 0, max: 20_000 }), 300, {
    name: "stacks",
    help: "The number of stacks in the simulated account",
  }),
  workerPools: withDefault(integer({ min: 0, max: 5_000 }), 4, {
    name: "worker-pools",
    help: "The number of worker pools in the simulated account",
  }),
  workersPerPool: withDefault(integer({ min: 0, max: 1_000 }), 5, {
    name: "workers-per-pool",
    help: "The number of workers in each worker pool of the simulated account",
  }),
};

const HEALTH_SETTINGS = {
  listenAddress: withDefault(listenAddress, { hostname: undefined, port: 9953 }, {
    name: "listen-address",
    alias: "l",
    help: "The address that the exporter listens on",
  }),
  scrapeTimeout: withDefault(scrapeTimeout, 5 * SECOND, {
    name: "scrape-timeout",
    alias: "t",
    help: "The maximum duration to wait for an answer",
  }),
};

/** The collectors as flags spell them. */
export const COLLECTOR_NAMES = [
  "aggregates",
  "publicworkerpool",
  "stacks",
  "usage",
  "workerpools",
] as const;

/** The name of a collector. */
export type CollectorName = typeof COLLECTOR_NAMES[number];

/** A switch for each collector. */
export const COLLECTOR_SETTINGS: Readonly<Record<CollectorName, Setting<boolean>>> = {
  aggregates: collector("aggregates", "the account's metrics of stacks, resources and runs"),
  publicworkerpool: collector("publicworkerpool", "the public worker pool"),
  stacks: collector("stacks", "the state and drift of each stack, in the background"),
  usage: collector("usage", "the usage in the current billing period"),
  workerpools: collector("workerpools", "the worker pools"),
};

/** The settings of each command that has any, the switches of the collectors apart. */
export const COMMAND_SETTINGS = {
  serve: { ...ACCOUNT_SETTINGS, ...EXPORTER_SETTINGS, ...STACKS_SETTINGS },
  demo: { ...EXPORTER_SETTINGS, ...STACKS_SETTINGS, ...ACCOUNT_SIZE_SETTINGS },
  health: HEALTH_SETTINGS,
};

/** A command that has settings. */
export type Command = keyof typeof COMMAND_SETTINGS;

/** All settings of a command, in the order of their names. */
export function settingsOf(command: Command): Setting<unknown>[] {
  const collectors = command === "health" ? [] : Object.values(COLLECTOR_SETTINGS);
  const settings: Setting<unknown>[] = Object.values(COMMAND_SETTINGS[command]);
  return [...settings, ...collectors].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** The values of a command's settings. */
export type SettingsOf<C extends Command> = ValuesOf<typeof COMMAND_SETTINGS[C]>;

function collector(name: CollectorName, what: string): Setting<boolean> {
  return withDefault(boolean, true, { name: `collector.${name}`, help: `Collects ${what}` });
}
