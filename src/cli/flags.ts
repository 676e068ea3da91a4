import { COLLECTORS } from "../collectors/list.ts";
import { LOG_LEVELS } from "../log.ts";
import { group, kind, type NamedFlag, optional, required, withDefault } from "./flag.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const scrapeTimeout = withDefault(kind.duration(1), 5 * SECOND, {
  alias: "t",
  help: "The maximum duration to wait for a response from the Spacelift API during scraping",
});

const listenAddress = withDefault(kind.listenAddress, { hostname: undefined, port: 9953 }, {
  alias: "l",
  help: "The address to listen on for HTTP requests",
});

/** Which account to query, and with which key. */
export const ACCOUNT = group("", {
  accountUrl: {
    ...optional(kind.accountUrl, {
      help: "The URL at which people open your account, for links on the status page",
    }),
    defaultText: "the API endpoint, if it is Spacelift's",
  },
  apiEndpoint: required(kind.accountUrl, {
    alias: "e",
    help: "The URL of your Spacelift account (e.g. https://myaccount.app.spacelift.io)",
  }),
  apiKeyId: required(kind.text, {
    alias: "k",
    help: "The ID of your Spacelift API key",
  }),
  apiKeySecret: optional(kind.secret, {
    alias: "s",
    help: "The secret of your Spacelift API key",
  }),
  apiKeySecretFile: optional(kind.path, {
    help: "A file that contains the secret of your API key, reread whenever the key is used",
  }),
  caCertPath: optional(kind.path, {
    help: "A PEM file of certificate authorities to trust in addition to the default ones",
  }),
});

/** How the exporter scrapes and answers. */
export const EXPORTER = group("", {
  exporterMetrics: withDefault(kind.boolean, true, {
    help: "Adds metrics about the exporter itself",
  }),
  isDevelopment: withDefault(kind.boolean, false, {
    alias: "d",
    help: "Logs debug records as readable text, unless --log.level or --log.format differs",
  }),
  listenAddress,
  maxStaleness: withDefault(kind.duration(0, DAY), 2 * MINUTE, {
    help: "How long the last good data of a failing collector is served; 0 turns it off",
  }),
  partialScrapes: withDefault(kind.boolean, true, {
    help: "Serves what was collected when a collector fails; otherwise the whole scrape fails",
  }),
  scrapeTimeout,
});

/** What is logged, and how. */
export const LOG = group("log.", {
  format: optional(kind.choice("json", "logfmt"), {
    help: "The format of the log: json or logfmt (default: json)",
  }),
  level: optional(kind.choice(...LOG_LEVELS), {
    help: "The lowest level that is logged: debug, info, warn or error (default: info)",
  }),
});

/** Who may connect, and how. */
export const WEB = group("web.config.", {
  file: optional(kind.path, {
    help: "A web configuration file in the format of the Prometheus project, for TLS and passwords",
  }),
});

/** What to collect about stacks. */
export const STACKS = group("stacks-", {
  details: withDefault(kind.boolean, false, {
    help: "Adds metrics with details of each stack",
  }),
  driftLimit: withDefault(kind.integer(0, 100_000), 200, {
    help: "The maximum number of stacks per walk whose drifted resources are counted",
  }),
  label: withDefault(kind.list, [], {
    help:
      "Serves only stacks with this label; repeat it, or separate with commas in the environment",
  }),
  limit: withDefault(kind.integer(1, 100_000), 20_000, {
    help: "The maximum number of stacks to read",
  }),
  maxStaleness: {
    ...optional(kind.duration(SECOND, DAY), {
      help: "How long the last good walk over the stacks is served",
    }),
    defaultText: "10m, more for large accounts",
  },
  pageSize: withDefault(kind.integer(1, 100), 50, {
    help: "The number of stacks per request",
  }),
  refreshInterval: withDefault(kind.duration(SECOND, DAY), MINUTE, {
    help: "How long to wait between two walks over the stacks",
  }),
  space: withDefault(kind.list, [], {
    help: "Serves only stacks in the space with this ID; repeat it, or separate with commas in " +
      "the environment",
  }),
  totals: withDefault(kind.boolean, false, {
    help: "Keeps the account's totals under their old names, and uses separate names for " +
      "individual stacks",
  }),
});

/** What to collect about runs. */
export const RUNS = group("runs-", {
  details: withDefault(kind.boolean, false, {
    help: "Adds the time at which a run of each stack last ended in each state",
  }),
  limit: withDefault(kind.integer(1, 100_000), 5000, {
    help: "The maximum number of runs to read at startup, and to remember",
  }),
  lookback: withDefault(kind.duration(SECOND, 30 * DAY), DAY, {
    help: "How far back to look for runs at startup",
  }),
  refreshInterval: withDefault(kind.duration(SECOND, DAY), 30 * SECOND, {
    help: "How long to wait between two polls of the latest runs",
  }),
  seriesLimit: withDefault(kind.integer(1, 1_000_000), 10_000, {
    help: "The number of series above which runs are counted without their stacks",
  }),
});

/** Where to receive webhooks. */
export const WEBHOOK = group("webhook-", {
  listenAddress: optional(kind.listenAddress, {
    help: "The address to listen on for Spacelift's webhooks, at /webhook; without it " +
      "webhooks are off",
  }),
  secret: optional(kind.secret, {
    help: "The secret with which Spacelift signs webhooks",
  }),
  secretFile: optional(kind.path, {
    help: "A file with the secret with which Spacelift signs webhooks, read again when it changes",
  }),
});

/** How webhook senders may connect. */
export const WEBHOOK_WEB = group("webhook-web.config.", {
  file: optional(kind.path, {
    help: "A separate web configuration file for the webhooks' address, in the same format",
  }),
});

/** The size and behaviour of the simulated account, and how clients reach it. */
export const SIMULATION = group("", {
  apiKeyId: withDefault(kind.text, "demo", {
    help: "The ID of the simulated account's API key",
  }),
  apiKeySecret: optional(kind.secret, {
    help: "The secret of the simulated account's API key (default: demo-secret)",
  }),
  apiListenAddress: withDefault(kind.listenAddress, { hostname: "127.0.0.1", port: 0 }, {
    help: "The address that the simulated Spacelift API listens on; port 0 picks a free port",
  }),
  // This seed queues runs in every pool within the first seconds.
  seed: withDefault(kind.integer(0, 2 ** 32 - 1), 7, {
    help: "The random seed of the simulated account",
  }),
  stacks: withDefault(kind.integer(0, 20_000), 300, {
    help: "The number of stacks in the simulated account",
  }),
  trouble: withDefault(kind.boolean, false, {
    help:
      "Makes parts of the simulated API fail, hang, refuse or rate-limit requests in turn, and " +
      "webhooks get lost, delayed or repeated",
  }),
  webhookUrl: optional(kind.accountUrl, {
    help: "Where the simulated account sends webhooks, signed with the webhook's secret",
  }),
  workerPools: withDefault(kind.integer(0, 5_000), 4, {
    help: "The number of worker pools in the simulated account",
  }),
  workersPerPool: withDefault(kind.integer(0, 1_000), 5, {
    help: "The number of workers in each worker pool of the simulated account",
  }),
});

/** How to report a check. */
export const CHECK = group("", {
  format: withDefault(kind.choice("text", "json"), "text", {
    help: "The format of the report: text or json",
  }),
});

/** What to do with a single scrape. */
export const ONCE = group("", {
  format: withDefault(kind.choice("text", "openmetrics"), "text", {
    help: "The format of the metrics: text or openmetrics",
  }),
  output: optional(kind.path, {
    help: "A file to replace atomically with the metrics, instead of printing them",
  }),
  scrapeTimeout,
});

/** Which exporter to check. */
export const HEALTH = group("", {
  listenAddress: { ...listenAddress, help: "The address that the exporter listens on" },
  scrapeTimeout: { ...scrapeTimeout, help: "The maximum duration to wait for an answer" },
});

/** The names of the collectors, in order. */
export const COLLECTOR_NAMES: readonly string[] = COLLECTORS.map(({ name }) => name).sort();

/** One switch per collector. */
export const COLLECTOR_SWITCHES = group(
  "collector.",
  Object.fromEntries(COLLECTORS.map(({ name, subject }) => {
    return [name, withDefault(kind.boolean, true, { help: `Collects ${subject}` })];
  })),
);

/** Flags that no longer have an effect, accepted for one more version; their help says why. */
const IGNORED = group("", {
  maxConnections: optional(kind.path, {
    help: "idle connections block nobody, so there is no limit to set",
  }),
});

const EXPORTER_FLAGS = [
  ...EXPORTER.named,
  ...LOG.named,
  ...STACKS.named,
  ...RUNS.named,
  ...WEBHOOK.named,
  ...WEBHOOK_WEB.named,
  ...COLLECTOR_SWITCHES.named,
  ...WEB.named,
];

const COLLECTING_FLAGS = [...STACKS.named, ...RUNS.named, ...COLLECTOR_SWITCHES.named];

const COMMANDS = {
  serve: [...ACCOUNT.named, ...EXPORTER_FLAGS].sort(byName),
  demo: [...EXPORTER_FLAGS, ...SIMULATION.named].sort(byName),
  check: [...ACCOUNT.named, ...EXPORTER_FLAGS, ...CHECK.named].sort(byName),
  scrape: [...ACCOUNT.named, ...COLLECTING_FLAGS, ...ONCE.named].sort(byName),
  health: [...HEALTH.named, ...WEB.named],
};

/** A command that has flags. */
export type Command = keyof typeof COMMANDS;

/** The commands that have flags. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** Whether this is the name of a command that has flags. */
export function isCommand(name: string): name is Command {
  return Object.hasOwn(COMMANDS, name);
}

/** The flags of a command, in the order of their names. */
export function flagsOf(command: Command): readonly NamedFlag[] {
  return COMMANDS[command];
}

/** The flags that a command accepts but ignores. */
export function ignoredBy(command: Command): readonly NamedFlag[] {
  return command === "health" ? [] : IGNORED.named;
}

function byName(a: NamedFlag, b: NamedFlag): number {
  return a.name < b.name ? -1 : 1;
}
