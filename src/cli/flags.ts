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

/** Which account to ask, and as whom. */
export const ACCOUNT = group("", {
  apiEndpoint: required(kind.accountUrl, {
    alias: "e",
    help: "Your spacelift API endpoint (e.g. https://myaccount.app.spacelift.io)",
  }),
  apiKeyId: required(kind.text, {
    alias: "k",
    help: "Your spacelift API key ID",
  }),
  apiKeySecret: optional(kind.secret, {
    alias: "s",
    help: "Your spacelift API key secret",
  }),
  apiKeySecretFile: optional(kind.path, {
    help: "A file with your spacelift API key secret, read again whenever the key is used",
  }),
  caCertPath: optional(kind.path, {
    help: "A PEM file with certificates of authorities to trust beside the usual ones",
  }),
});

/** How the exporter scrapes and answers. */
export const EXPORTER = group("", {
  exporterMetrics: withDefault(kind.boolean, true, {
    help: "Adds metrics about the exporter itself",
  }),
  isDevelopment: withDefault(kind.boolean, false, {
    alias: "d",
    help: "Logs debug records too, as readable text, unless --log.level and --log.format differ",
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
    help: "The form of the log's records: json or logfmt (default: json)",
  }),
  level: optional(kind.choice(...LOG_LEVELS), {
    help: "The level of the least serious records that are logged: debug, info, warn or error " +
      "(default: info)",
  }),
});

/** Who may ask, and how. */
export const WEB = group("web.config.", {
  file: optional(kind.path, {
    help: "A web configuration file in the format of the Prometheus project, for TLS and passwords",
  }),
});

/** What is asked of the stacks. */
export const STACKS = group("stacks-", {
  details: withDefault(kind.boolean, false, {
    help: "Adds metrics with details of each stack",
  }),
  driftLimit: withDefault(kind.integer(0, 100_000), 200, {
    help: "The number of drifted stacks per walk whose drifted resources are counted",
  }),
  label: withDefault(kind.list, [], {
    help: "Serves only stacks with this label; may be repeated, in the environment with commas",
  }),
  limit: withDefault(kind.integer(1, 100_000), 20_000, {
    help: "The number of stacks that are walked at most",
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
    help: "Serves only stacks in the space with this ID; may be repeated, in the environment " +
      "with commas",
  }),
  totals: withDefault(kind.boolean, false, {
    help: "Keeps the account's totals under their old names, and gives single stacks names of " +
      "their own",
  }),
});

/** What is asked of the runs. */
export const RUNS = group("runs-", {
  details: withDefault(kind.boolean, false, {
    help: "Adds the time at which a run of each stack last ended in each state",
  }),
  limit: withDefault(kind.integer(1, 100_000), 5000, {
    help: "The number of runs that are read at the start, and of those remembered, at most",
  }),
  lookback: withDefault(kind.duration(SECOND, 30 * DAY), DAY, {
    help: "How far back runs are looked for at the start",
  }),
  refreshInterval: withDefault(kind.duration(SECOND, DAY), 30 * SECOND, {
    help: "How long to wait between two looks at the latest runs",
  }),
  seriesLimit: withDefault(kind.integer(1, 1_000_000), 10_000, {
    help: "The number of series beyond which runs are counted without their stacks",
  }),
});

/** Where webhooks are listened for. */
export const WEBHOOK = group("webhook-", {
  listenAddress: optional(kind.listenAddress, {
    help: "The address to listen on for Spacelift's webhooks, at /webhook; without it none are " +
      "listened for",
  }),
  secret: optional(kind.secret, {
    help: "The secret with which Spacelift signs webhooks",
  }),
  secretFile: optional(kind.path, {
    help: "A file with the secret with which Spacelift signs webhooks, read again when it changes",
  }),
});

/** How large the simulated account is, how it behaves, and how others may use it. */
export const SIMULATION = group("", {
  apiKeyId: withDefault(kind.text, "demo", {
    help: "The ID of the simulated account's API key",
  }),
  apiKeySecret: optional(kind.secret, {
    help: "The secret of the simulated account's API key (default: demo-secret)",
  }),
  apiListenAddress: withDefault(kind.listenAddress, { hostname: "127.0.0.1", port: 0 }, {
    help: "The address that the simulated Spacelift API listens on; port 0 takes any free one",
  }),
  seed: withDefault(kind.integer(0, 2 ** 32 - 1), 1, {
    help: "The number that decides everything random in the simulated account",
  }),
  stacks: withDefault(kind.integer(0, 20_000), 300, {
    help: "The number of stacks in the simulated account",
  }),
  trouble: withDefault(kind.boolean, false, {
    help: "Makes parts of the simulated API fail, hang, refuse and limit requests by turns",
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

/** How a check is reported. */
export const CHECK = group("", {
  format: withDefault(kind.choice("text", "json"), "text", {
    help: "The form of the report: text or json",
  }),
});

/** What becomes of a single scrape. */
export const ONCE = group("", {
  format: withDefault(kind.choice("text", "openmetrics"), "text", {
    help: "The format of the metrics: text or openmetrics",
  }),
  output: optional(kind.path, {
    help: "A file to replace with the metrics, whole or not at all, instead of printing them",
  }),
  scrapeTimeout,
});

/** Which exporter to ask for its health. */
export const HEALTH = group("", {
  listenAddress: { ...listenAddress, help: "The address that the exporter listens on" },
  scrapeTimeout: { ...scrapeTimeout, help: "The maximum duration to wait for an answer" },
});

/** The names of the collectors, in order. */
export const COLLECTOR_NAMES: readonly string[] = COLLECTORS.map(({ name }) => name).sort();

/** A switch for each collector. */
export const COLLECTOR_SWITCHES = group(
  "collector.",
  Object.fromEntries(COLLECTORS.map(({ name, subject }) => {
    return [name, withDefault(kind.boolean, true, { help: `Collects ${subject}` })];
  })),
);

/** Flags without effect, accepted for one more version; their help says why. */
const IGNORED = group("", {
  maxConnections: optional(kind.path, {
    help: "idle connections keep nobody out, and there is no limit to set",
  }),
});

const EXPORTER_FLAGS = [
  ...EXPORTER.named,
  ...LOG.named,
  ...STACKS.named,
  ...RUNS.named,
  ...WEBHOOK.named,
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

/** The flags that a command accepts and ignores. */
export function ignoredBy(command: Command): readonly NamedFlag[] {
  return command === "health" ? [] : IGNORED.named;
}

function byName(a: NamedFlag, b: NamedFlag): number {
  return a.name < b.name ? -1 : 1;
}
