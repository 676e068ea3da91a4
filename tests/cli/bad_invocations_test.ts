import assert from "node:assert/strict";
import { COLLECTORS } from "../../src/collectors/list.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/cli/usage_error.ts";

interface Case {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly message: string;
}

const CANARY = "canary-5f2b";

const COMMANDS = "the commands are serve, demo, check, scrape, health, completion, version, help";

const SERVE_FLAGS = 'run "spacelift-promex serve --help" to list the flags';

const COLLECTOR_NAMES = COLLECTORS.map(({ name }) => name).sort();

const CHOICES = `the choices are ${COLLECTOR_NAMES.join(", ")}`;

const PORT = "it must have a port from 0 to 65535, as in :9953, 127.0.0.1:9953 or [::1]:9953";

const URL_NEEDED = "it must be an http or https URL such as https://myaccount.app.spacelift.io";

const DURATION = "it must be a duration such as 5s or 1m30s";

const RUN_TOGETHER = "separate the value of a short flag by a space or an equals sign";

const ENDPOINT_MISSING = "Missing --api-endpoint: use it or set SPACELIFT_PROMEX_API_ENDPOINT";

const ID_MISSING = "Missing --api-key-id: use it or set SPACELIFT_PROMEX_API_KEY_ID";

const SECRET_MISSING =
  "Missing --api-key-secret or --api-key-secret-file: use one of them, or set " +
  "SPACELIFT_PROMEX_API_KEY_SECRET or SPACELIFT_PROMEX_API_KEY_SECRET_FILE";

const PLACEHOLDER = "it is a placeholder: replace it with the real value";

/** Arguments of `serve` with a whole account. */
function serve(...args: string[]): string[] {
  return ["serve", "-e", "https://a.example", "-k", "id", "-s", CANARY, ...args];
}

/** The same account in the environment. */
const ACCOUNT = { API_ENDPOINT: "https://a.example", API_KEY_ID: "id", API_KEY_SECRET: CANARY };

const NO_URLS = [
  "my-account.app.spacelift.io",
  "ftp://a.example",
  "https://",
  "https:///graphql",
  "https:a.example",
  "https://a.example:99999",
];

const CASES: readonly Case[] = [
  // What was probably meant.
  { args: ["sreve"], message: `Unknown command "sreve", did you mean "serve": ${COMMANDS}` },
  {
    args: ["help", "verson"],
    message: `Unknown command "verson", did you mean "version": ${COMMANDS}`,
  },
  { args: ["--versoin"], message: 'Unknown flag "--versoin", did you mean "--version"' },
  {
    args: serve("--hlep"),
    message: `Unknown flag "--hlep", did you mean "--help": ${SERVE_FLAGS}`,
  },
  {
    args: serve("--listen-adress", ":9999"),
    message: `Unknown flag "--listen-adress", did you mean "--listen-address": ${SERVE_FLAGS}`,
  },
  {
    args: serve("--no-colector.usage"),
    message:
      `Unknown flag "--no-colector.usage", did you mean "--no-collector.usage": ${SERVE_FLAGS}`,
  },
  {
    args: serve("--collector.stack"),
    message: `Unknown collector "stack" in "--collector.stack", did you mean "stacks": ${CHOICES}`,
  },
  {
    // Every mistake of one call.
    args: ["serve", "--listen-adress=:1", "-t", "soon", "--stacks-limit=0", "--log.level=loud"],
    env: { API_KEY_ID: "<id>" },
    message: [
      `Unknown flag "--listen-adress", did you mean "--listen-address": ${SERVE_FLAGS}`,
      ENDPOINT_MISSING,
      `Cannot use SPACELIFT_PROMEX_API_KEY_ID "<id>": ${PLACEHOLDER}`,
      SECRET_MISSING,
      `Cannot use --scrape-timeout "soon": ${DURATION}`,
      'Cannot use --log.level "loud": it must be one of debug, info, warn, error',
      'Cannot use --stacks-limit "0": it must be a whole number from 1 to 100000',
    ].join("\n"),
  },
  // Commands.
  { args: ["start"], message: `Unknown command "start": ${COMMANDS}` },
  { args: [""], message: `Unknown command "": ${COMMANDS}` },
  { args: ["constructor"], message: `Unknown command "constructor": ${COMMANDS}` },
  { args: ["help", "start"], message: `Unknown command "start": ${COMMANDS}` },
  { args: ["help", "serve", "now"], message: 'Unexpected argument "now" after "serve"' },
  { args: ["--version", "now"], message: 'Unexpected argument "now" after "--version"' },
  {
    args: ["help", "serve", `-s${CANARY}`],
    message: 'Unexpected argument "-s..." after "serve"',
  },
  { args: ["help", `-s=${CANARY}`], message: `Unknown command "-s...": ${COMMANDS}` },
  {
    args: ["--listen-address=:1", "serve"],
    message: "Flags go after the command: spacelift-promex serve --listen-address",
  },
  { args: ["-d", "demo"], message: "Flags go after the command: spacelift-promex demo -d" },
  {
    args: ["--api-key-secret", CANARY],
    message: "Flags go after the command: spacelift-promex serve --api-key-secret",
  },
  { args: [`-s${CANARY}`], message: "Flags go after the command: spacelift-promex serve -s" },
  {
    args: ["--\n\u001b", "health"],
    message: "Flags go after the command: spacelift-promex health --",
  },

  // Flags and arguments.
  {
    args: serve("--scrape-timeuot", "5s"),
    message: `Unknown flag "--scrape-timeuot", did you mean "--scrape-timeout": ${SERVE_FLAGS}`,
  },
  {
    args: serve("--api-secret=" + CANARY),
    message: `Unknown flag "--api-secret", did you mean "--api-key-secret": ${SERVE_FLAGS}`,
  },
  {
    args: serve("--no-scrape-timeout"),
    message: `Unknown flag "--no-scrape-timeout", did you mean "--scrape-timeout": ${SERVE_FLAGS}`,
  },
  { args: serve("--constructor"), message: `Unknown flag "--constructor": ${SERVE_FLAGS}` },
  { args: serve("--e=x"), message: `Unknown flag "--e": ${SERVE_FLAGS}` },
  { args: serve("-x"), message: `Unknown flag "-x": ${SERVE_FLAGS}` },
  { args: serve("-x=1"), message: `Unknown flag "-x...": ${RUN_TOGETHER}` },
  {
    args: serve("-scrape-timeuot=1s"),
    message: `Unknown flag "-s...", did you mean "--scrape-timeout": ${RUN_TOGETHER}`,
  },
  { args: ["completion"], message: "Missing the shell: write completion bash, zsh or fish" },
  {
    args: serve("-scrape-timeout=soon"),
    message: `Cannot use --scrape-timeout "soon": ${DURATION}`,
  },
  {
    args: serve("-api-key-secret"),
    message: "Missing a value for --api-key-secret: write --api-key-secret=value",
  },
  {
    args: ["spacelift-promex", "spacelift-promex", "serve"],
    message: `Unknown command "spacelift-promex": ${COMMANDS}`,
  },
  { args: ["./other-promex", "serve"], message: `Unknown command "./other-promex": ${COMMANDS}` },
  { args: serve("-dl", ":1"), message: `Unknown flag "-d...": ${RUN_TOGETHER}` },
  { args: serve("-s" + CANARY), message: `Unknown flag "-s...": ${RUN_TOGETHER}` },
  {
    args: serve("--stacks", "5"),
    message: `Unknown flag "--stacks": ${SERVE_FLAGS}`,
  },
  {
    args: ["demo", "-e", "https://a.example"],
    message: 'Unknown flag "-e": run "spacelift-promex demo --help" to list the flags',
  },
  {
    args: ["health", "--collector.usage"],
    message:
      'Unknown flag "--collector.usage": run "spacelift-promex health --help" to list the flags',
  },
  {
    args: ["serve", "now"],
    env: ACCOUNT,
    message: 'Unexpected argument "now": serve takes only flags',
  },
  {
    args: ["serve", "-d", "yes"],
    env: ACCOUNT,
    message: 'Unexpected argument "yes": serve takes only flags',
  },
  {
    args: ["serve", "-d=true", "false"],
    env: ACCOUNT,
    message: 'Unexpected argument "false": serve takes only flags',
  },
  {
    args: ["serve", "-d", "true", "false"],
    env: ACCOUNT,
    message: 'Unexpected argument "false": serve takes only flags',
  },
  {
    args: ["serve", "--no-is-development", "true"],
    env: ACCOUNT,
    message: 'Unexpected argument "true": serve takes only flags',
  },
  { args: ["demo", "--"], message: 'Unexpected argument "--": demo takes only flags' },
  {
    args: serve("-s", "two", "words"),
    message: "Unexpected argument: serve takes only flags",
  },
  {
    args: serve("--scrape-timeout"),
    message: "Missing a value for --scrape-timeout: write --scrape-timeout=value",
  },
  {
    args: serve("--listen-address="),
    message: "Missing a value for --listen-address: write --listen-address=value",
  },
  {
    args: serve("--api-key-secret=", CANARY),
    message: "Missing a value for --api-key-secret: write --api-key-secret=value",
  },
  {
    args: serve("-s", "--is-development"),
    message: "Missing a value for --api-key-secret: write --api-key-secret=value",
  },
  {
    args: serve("-t", `-s${CANARY}`),
    message: `Cannot use --scrape-timeout: ${DURATION}`,
  },
  {
    // A flag without a value is not called missing as well.
    args: ["serve", "--api-endpoint", "--api-key-id", "id", "--api-key-secret"],
    message: [
      "Missing a value for --api-endpoint: write --api-endpoint=value",
      "Missing a value for --api-key-secret: write --api-key-secret=value",
    ].join("\n"),
  },
  {
    args: serve("-api-endpiont", "x"),
    message: `Unknown flag "-a...", did you mean "--api-endpoint": ${RUN_TOGETHER}`,
  },
  {
    args: serve("-t", "-s", CANARY),
    message: "Missing a value for --scrape-timeout: write --scrape-timeout=value",
  },

  // Runs and webhooks.
  {
    args: serve("--runs-lookback=29s"),
    message: "Cannot use --runs-lookback 29s: it must not be shorter than " +
      "--runs-refresh-interval 30s",
  },
  {
    args: serve("--runs-limit=0"),
    message: 'Cannot use --runs-limit "0": it must be a whole number from 1 to 100000',
  },
  {
    args: serve("--runs-series-limit=x"),
    message: 'Cannot use --runs-series-limit "x": it must be a whole number from 1 to 1000000',
  },
  {
    args: serve("--webhook-listen-address=:9954"),
    message: "Missing --webhook-secret or --webhook-secret-file: use one of them, or set " +
      "SPACELIFT_PROMEX_WEBHOOK_SECRET or SPACELIFT_PROMEX_WEBHOOK_SECRET_FILE",
  },
  {
    args: serve("--webhook-listen-address=:9954", `--webhook-secret=${CANARY}`),
    env: { WEBHOOK_SECRET_FILE: "/run/secret" },
    message: "Cannot use --webhook-secret and SPACELIFT_PROMEX_WEBHOOK_SECRET_FILE together: " +
      "use one of them",
  },
  ...[":9953", "127.0.0.1:9953"].map((address) => ({
    args: serve(`--webhook-listen-address=${address}`, `--webhook-secret=${CANARY}`),
    message: `Cannot use --webhook-listen-address "${address}": it must differ from ` +
      "--listen-address, which must not be reachable from outside",
  })),
  {
    args: ["demo", "--webhook-url=http://127.0.0.1:9954/webhook"],
    message: "Missing --webhook-secret or --webhook-secret-file: use one of them, or set " +
      "SPACELIFT_PROMEX_WEBHOOK_SECRET or SPACELIFT_PROMEX_WEBHOOK_SECRET_FILE",
  },

  // The account.
  {
    args: ["serve"],
    message: [ENDPOINT_MISSING, ID_MISSING, SECRET_MISSING].join("\n"),
  },
  {
    args: ["serve"],
    env: { API_ENDPOINT: "", API_KEY_ID: "id" },
    message: [ENDPOINT_MISSING, SECRET_MISSING].join("\n"),
  },
  {
    args: ["serve", "-e", "https://a.example", "-s", CANARY],
    message: ID_MISSING,
  },
  {
    args: ["serve", "-e", "https://a.example", "-k", "id"],
    message: SECRET_MISSING,
  },
  {
    args: serve("--api-key-secret-file", "/run/secret"),
    message: "Cannot use --api-key-secret and --api-key-secret-file together: use one of them",
  },
  {
    args: serve(),
    env: { API_KEY_SECRET_FILE: "/run/secret" },
    message: "Cannot use --api-key-secret and SPACELIFT_PROMEX_API_KEY_SECRET_FILE together: " +
      "use one of them",
  },
  ...NO_URLS.map((url) => ({
    args: serve("-e", url),
    message: `Cannot use --api-endpoint "${url}": ${URL_NEEDED}`,
  })),
  ...["spacelift.example.com", "ftp://a.example", "javascript:alert(1)", "//a.example"].map((
    url,
  ) => ({
    args: serve("--account-url", url),
    message: `Cannot use --account-url "${url}": ${URL_NEEDED}`,
  })),
  {
    args: serve("--account-url", `https://user:${CANARY}@a.example`),
    message: 'Cannot use --account-url "[redacted]@a.example": ' +
      "the URL must not hold a user or a password",
  },
  {
    args: serve("-e", `https://user:${CANARY}@a.example`),
    message: 'Cannot use --api-endpoint "[redacted]@a.example": ' +
      "the URL must not hold a user or a password",
  },
  {
    args: serve("-e", `https://${CANARY}@a.example:x`),
    message: `Cannot use --api-endpoint "[redacted]@a.example:x": ${URL_NEEDED}`,
  },
  {
    args: serve("-e", "https://a.example?x=1"),
    message: 'Cannot use --api-endpoint "https://a.example?x=1": the URL must end with its path',
  },
  ...["http://a.example:6000", "https://a.example:1/path", "http://a.example:0"].map((url) => ({
    args: serve("-e", url),
    message: `Cannot use --api-endpoint "${url}": fetch refuses that port because it belongs ` +
      "to another protocol",
  })),
  {
    args: ["serve"],
    env: { API_ENDPOINT: "https://a b.example", API_KEY_ID: "id", API_KEY_SECRET: CANARY },
    message: `Cannot use SPACELIFT_PROMEX_API_ENDPOINT "https://a b.example": ${URL_NEEDED}`,
  },
  ...["https://<account>.app.spacelift.io", "<https://myaccount.app.spacelift.io>", "<url>"].map(
    (url) => ({
      args: serve("-e", url),
      message: `Cannot use --api-endpoint "${url}": ${PLACEHOLDER}`,
    }),
  ),
  {
    args: serve("-k", "<API Key ID>"),
    message: `Cannot use --api-key-id "<API Key ID>": ${PLACEHOLDER}`,
  },
  {
    args: ["serve", "-e", "https://a.example", "-k", "id"],
    env: { API_KEY_SECRET: `<${CANARY}>` },
    message: `Cannot use SPACELIFT_PROMEX_API_KEY_SECRET: ${PLACEHOLDER}`,
  },
  { args: serve("-k", " "), message: 'Cannot use --api-key-id " ": it is empty' },
  { args: serve("-s", " "), message: "Cannot use --api-key-secret: it is empty" },
  ...[`${CANARY}\n${CANARY}`, `${CANARY}\r${CANARY}`, `${CANARY}\0`].map((secret) => ({
    args: ["serve", "-e", "https://a.example", "-k", "id"],
    env: { API_KEY_SECRET: secret },
    message: "Cannot use SPACELIFT_PROMEX_API_KEY_SECRET: it is not one line of text",
  })),

  // Durations.
  { args: serve("-t", "5"), message: `Cannot use --scrape-timeout "5": ${DURATION}` },
  { args: serve("-t", "5 s"), message: `Cannot use --scrape-timeout "5 s": ${DURATION}` },
  { args: serve("-t=-1s"), message: `Cannot use --scrape-timeout "-1s": ${DURATION}` },
  { args: serve("-t", "-1s"), message: `Cannot use --scrape-timeout "-1s": ${DURATION}` },
  { args: serve("-t", "1e9h"), message: `Cannot use --scrape-timeout "1e9h": ${DURATION}` },
  {
    args: serve("-t", "0"),
    message: 'Cannot use --scrape-timeout "0": it must be a duration of at least 1ms',
  },
  {
    args: serve(),
    env: { SCRAPE_TIMEOUT: "soon\n" },
    message: `Cannot use SPACELIFT_PROMEX_SCRAPE_TIMEOUT "soon\\n": ${DURATION}`,
  },
  {
    args: serve("-t", "\u001b[31m\u009b\u2028"),
    message: `Cannot use --scrape-timeout "\\u001b[31m\\u009b\\u2028": ${DURATION}`,
  },
  {
    args: serve("-t", "5".repeat(1000)),
    message: `Cannot use --scrape-timeout "${"5".repeat(200)}...": ${DURATION}`,
  },
  { args: serve("--max-staleness", "x"), message: `Cannot use --max-staleness "x": ${DURATION}` },
  {
    args: serve("--max-staleness", "25h"),
    message: 'Cannot use --max-staleness "25h": it must be a duration from 0s to 24h',
  },
  {
    args: serve("--stacks-refresh-interval", "0"),
    message: 'Cannot use --stacks-refresh-interval "0": it must be a duration from 1s to 24h',
  },
  {
    args: ["health", "-t", "0s"],
    message: 'Cannot use --scrape-timeout "0s": it must be a duration of at least 1ms',
  },

  // Listen addresses.
  { args: serve("-l", "localhost"), message: `Cannot use --listen-address "localhost": ${PORT}` },
  { args: serve("-l", "9953"), message: `Cannot use --listen-address "9953": ${PORT}` },
  { args: serve("-l", ":70000"), message: `Cannot use --listen-address ":70000": ${PORT}` },
  {
    args: ["demo"],
    env: { LISTEN_ADDRESS: "::1:9953" },
    message: `Cannot use SPACELIFT_PROMEX_LISTEN_ADDRESS "::1:9953": ${PORT}`,
  },

  // The log.
  ...["warning", "INFO", "trace"].map((level) => ({
    args: serve(`--log.level=${level}`),
    message: `Cannot use --log.level "${level}": it must be one of debug, info, warn, error`,
  })),
  {
    args: ["demo"],
    env: { LOG_FORMAT: "text" },
    message: 'Cannot use SPACELIFT_PROMEX_LOG_FORMAT "text": it must be one of json, logfmt',
  },

  // Switches and collectors.
  {
    args: serve("--is-development=yes"),
    message: 'Cannot use --is-development "yes": it must be true or false',
  },
  {
    args: serve(),
    env: { PARTIAL_SCRAPES: "off" },
    message: 'Cannot use SPACELIFT_PROMEX_PARTIAL_SCRAPES "off": it must be true or false',
  },
  {
    args: serve("--no-partial-scrapes=true"),
    message: 'Cannot use --no-partial-scrapes "true": it takes no value',
  },
  {
    args: serve("--collector.modules"),
    message: `Unknown collector "modules" in "--collector.modules": ${CHOICES}`,
  },
  {
    args: ["demo", "--no-collector.Usage"],
    message:
      `Unknown collector "Usage" in "--no-collector.Usage", did you mean "usage": ${CHOICES}`,
  },
  {
    args: serve(
      ...COLLECTOR_NAMES.filter((name) => !["stacks", "usage"].includes(name))
        .map((name) => `--no-collector.${name}`),
      "--collector.usage=false",
    ),
    env: { COLLECTOR_STACKS: "false" },
    message: `Cannot turn off all of ${
      COLLECTOR_NAMES.map((name) => `--collector.${name}`).join(", ")
    }: nothing is left to export, so leave one on`,
  },

  // Numbers and lists.
  {
    args: ["demo", "--stacks", "20001"],
    message: 'Cannot use --stacks "20001": it must be a whole number from 0 to 20000',
  },
  {
    args: ["demo", "--worker-pools", "-1"],
    message: 'Cannot use --worker-pools "-1": it must be a whole number from 0 to 5000',
  },
  {
    args: ["demo"],
    env: { SEED: "1.5" },
    message:
      'Cannot use SPACELIFT_PROMEX_SEED "1.5": it must be a whole number from 0 to 4294967295',
  },
  {
    args: serve("--stacks-page-size", "0"),
    message: 'Cannot use --stacks-page-size "0": it must be a whole number from 1 to 100',
  },
  {
    args: serve("--max-connections"),
    message: "Missing a value for --max-connections: write --max-connections=value",
  },
  {
    args: ["health", "--max-connections=1"],
    message:
      'Unknown flag "--max-connections": run "spacelift-promex health --help" to list the flags',
  },
  {
    args: serve("--stacks-space", "root", "--stacks-space", " "),
    message: 'Cannot use --stacks-space "root, ": one of its values is empty',
  },
  {
    args: serve(),
    env: { STACKS_LABEL: "a,,b" },
    message: 'Cannot use SPACELIFT_PROMEX_STACKS_LABEL "a,,b": one of its values is empty',
  },
  {
    args: serve("--stacks-refresh-interval", "10m", "--stacks-max-staleness", "10m"),
    message:
      "Cannot use --stacks-max-staleness 10m: it must be longer than --stacks-refresh-interval 10m",
  },
];

for (const { args, env = {}, message } of CASES) {
  const shown = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...args]
    .join(" ");
  Deno.test(`bad invocation: ${JSON.stringify(shown).slice(0, 150)}`, () => {
    const read = (name: string) => env[name.replace(/^SPACELIFT_PROMEX_/, "")];
    assert.throws(() => parseArguments(args, read), new UsageError(message));
    assert.ok(!message.includes(CANARY), "the message shows the secret");
  });
}
