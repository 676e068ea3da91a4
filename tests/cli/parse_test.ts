import assert from "node:assert/strict";
import fc from "fast-check";
import type { Flag, Group } from "../../src/cli/flag.ts";
import { EXPORTER, RUNS, SIMULATION, STACKS } from "../../src/cli/flags.ts";
import { type Arguments, parseArguments } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/cli/usage_error.ts";
import { COLLECTORS } from "../../src/collectors/list.ts";

const CANARY = "canary-5f2b";

const COLLECTOR_NAMES = COLLECTORS.map(({ name }) => name).sort();

const ACCOUNT = ["-e", "https://a.example", "-k", "id", "-s", CANARY];

function parse(args: readonly string[], env: Readonly<Record<string, string>> = {}): Arguments {
  return parseArguments(args, (name) => env[name.replace(/^SPACELIFT_PROMEX_/, "")]);
}

type Serve = Extract<Arguments, { command: "serve" }>["settings"];

function serve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Serve {
  const parsed = parse(["serve", ...ACCOUNT, ...args], env);
  assert.equal(parsed.command, "serve");
  return parsed.settings;
}

/** What the flags of a group are when they are not given, by the keys of their values. */
function defaultsOf<V>({ flags }: Group<V>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries<Flag<unknown>>(flags).map(([key, { fallback }]) => {
      assert.ok(fallback !== undefined, `${key} has no default`);
      return [key, fallback.value];
    }),
  );
}

Deno.test("command line: serve with nothing but an account has the documented defaults", () => {
  const { account, exporter, log, stacks, runs, webhook, collectors } = serve([]);
  const { apiEndpoint, keySecret, ...rest } = account;
  assert.equal(apiEndpoint.href, "https://a.example/");
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, CANARY);
  assert.deepEqual(rest, { accountUrl: undefined, apiKeyId: "id", caCertPath: undefined });
  assert.deepEqual(exporter, defaultsOf(EXPORTER));
  assert.deepEqual(log, { format: undefined, level: undefined });
  assert.deepEqual(stacks, defaultsOf(STACKS));
  assert.deepEqual(runs, defaultsOf(RUNS));
  assert.equal(webhook, undefined);
  assert.deepEqual([...collectors], COLLECTOR_NAMES);
});

Deno.test("command line: every setting of serve is taken from the environment", () => {
  const parsed = parse(["serve"], {
    ACCOUNT_URL: "https://spacelift.example.com",
    API_ENDPOINT: " http://localhost:8080/spacelift/ \n",
    API_KEY_ID: "oidc::https://issuer.example::id",
    API_KEY_SECRET_FILE: "/run/secret",
    CA_CERT_PATH: "/run/ca.pem",
    COLLECTOR_STACKS: "0",
    COLLECTOR_USAGE: "False",
    EXPORTER_METRICS: "f",
    IS_DEVELOPMENT: "T",
    LISTEN_ADDRESS: "[::1]:0",
    LOG_FORMAT: "logfmt",
    LOG_LEVEL: "warn",
    MAX_STALENESS: "0",
    PARTIAL_SCRAPES: "FALSE",
    SCRAPE_TIMEOUT: "1m30s",
    RUNS_DETAILS: "1",
    RUNS_LIMIT: "99",
    RUNS_LOOKBACK: "7m",
    RUNS_REFRESH_INTERVAL: "7m",
    RUNS_SERIES_LIMIT: "3",
    STACKS_DETAILS: "TRUE",
    STACKS_DRIFT_LIMIT: "0",
    STACKS_LABEL: "team:a, team:b",
    STACKS_LIMIT: "7",
    STACKS_MAX_STALENESS: "1h",
    STACKS_PAGE_SIZE: "10",
    STACKS_REFRESH_INTERVAL: "90s",
    STACKS_SPACE: "root",
    STACKS_TOTALS: "true",
    WEB_CONFIG_FILE: "/run/web.yml",
    WEBHOOK_LISTEN_ADDRESS: "127.0.0.1:7",
    WEBHOOK_SECRET_FILE: "/run/webhook",
    WEBHOOK_WEB_CONFIG_FILE: "/run/webhook.yml",
  });
  assert.equal(parsed.command, "serve");
  assert.deepEqual(parsed.ignored, []);
  const { account, collectors, ...settings } = parsed.settings;
  const addresses = {
    accountUrl: account.accountUrl?.href,
    apiEndpoint: account.apiEndpoint.href,
  };
  assert.deepEqual({ ...account, ...addresses }, {
    accountUrl: "https://spacelift.example.com/",
    apiEndpoint: "http://localhost:8080/spacelift/",
    apiKeyId: "oidc::https://issuer.example::id",
    caCertPath: "/run/ca.pem",
    keySecret: { file: "/run/secret" },
  });
  assert.deepEqual([...collectors], COLLECTOR_NAMES.filter((name) => !/stacks|usage/.test(name)));
  assert.deepEqual(settings, {
    exporter: {
      exporterMetrics: false,
      isDevelopment: true,
      listenAddress: { hostname: "::1", port: 0 },
      maxStaleness: 0,
      partialScrapes: false,
      scrapeTimeout: 90_000,
    },
    log: { format: "logfmt", level: "warn" },
    runs: {
      details: true,
      limit: 99,
      lookback: 420_000,
      refreshInterval: 420_000,
      seriesLimit: 3,
    },
    stacks: {
      details: true,
      driftLimit: 0,
      label: ["team:a", "team:b"],
      limit: 7,
      maxStaleness: 3_600_000,
      pageSize: 10,
      refreshInterval: 90_000,
      space: ["root"],
      totals: true,
    },
    web: { file: "/run/web.yml" },
    webhook: {
      listenAddress: { hostname: "127.0.0.1", port: 7 },
      secret: { file: "/run/webhook" },
      web: { file: "/run/webhook.yml" },
    },
  });
});

const TIMEOUT_FORMS = [
  ["--scrape-timeout", "7s"],
  ["--scrape-timeout=7s"],
  ["-t", "7s"],
  ["-t=7s"],
  ["-t", "1s", "--scrape-timeout=7s"],
  ["-scrape-timeout", "7s"],
  ["-scrape-timeout=7s"],
];

for (const args of TIMEOUT_FORMS) {
  Deno.test(`command line: ${args.join(" ")} sets the time-out`, () => {
    assert.equal(serve(args, { SCRAPE_TIMEOUT: "9s" }).exporter.scrapeTimeout, 7000);
  });
}

const SWITCH_FORMS: readonly (readonly [readonly string[], boolean])[] = [
  [["--is-development"], true],
  [["-d"], true],
  [["--is-development=true"], true],
  [["--is-development=false"], false],
  [["-d=t"], true],
  [["-d=f"], false],
  [["--is-development=0"], false],
  [["--no-is-development"], false],
  [["--no-is-development", "-d"], true],
  [["-d", "--no-is-development"], false],
  [["-is-development"], true],
  [["-no-is-development"], false],
  [["-is-development=false"], false],
  [["--is-development", "true"], true],
  [["--is-development", "false"], false],
  [["-is-development", "1"], true],
  [["-d", "0"], false],
];

for (const [args, expected] of SWITCH_FORMS) {
  Deno.test(`command line: ${args.join(" ")} means ${expected}`, () => {
    const env = { IS_DEVELOPMENT: String(!expected) };
    assert.equal(serve([...args, "-l", ":1"], env).exporter.isDevelopment, expected);
  });
}

Deno.test("command line: an account may be given by long flags with one dash", () => {
  const parsed = parse([
    "serve",
    "-api-endpoint",
    "https://a.example",
    "-api-key-id=id",
    "-api-key-secret",
    CANARY,
    "-no-collector.usage",
  ]);
  assert.equal(parsed.command, "serve");
  const { account: { apiEndpoint, apiKeyId, keySecret }, collectors } = parsed.settings;
  assert.deepEqual([apiEndpoint.host, apiKeyId], ["a.example", "id"]);
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, CANARY);
  assert.deepEqual([...collectors], COLLECTOR_NAMES.filter((name) => name !== "usage"));
});

const PROGRAM_NAMES = [
  "spacelift-promex",
  "/usr/bin/spacelift-promex",
  "./spacelift-promex",
  "C:\\Program Files\\spacelift-promex.exe",
];

for (const name of PROGRAM_NAMES) {
  Deno.test(`command line: the program's own name ${name} before the command is skipped`, () => {
    assert.deepEqual(parse([name, "health", "-t=1s"]), parse(["health", "-t=1s"]));
    assert.deepEqual(parse([name]), parse([]));
  });
}

const ENDPOINTS: Readonly<Record<string, string>> = {
  "https://a.example/graphql": "https://a.example/",
  "https://a.example/graphql/": "https://a.example/",
  "https://a.example/spacelift/graphql": "https://a.example/spacelift/",
  "https://a.example/graphql/v2": "https://a.example/graphql/v2",
  "https://a.example/mygraphql": "https://a.example/mygraphql",
};

for (const [given, meant] of Object.entries(ENDPOINTS)) {
  Deno.test(`command line: the endpoint ${given} means ${meant}`, () => {
    assert.equal(serve(["-e", given]).account.apiEndpoint.href, meant);
  });
}

Deno.test("command line: angle brackets within an id or a secret are part of it", () => {
  const { apiKeyId, keySecret } = serve(["-k", "a<b>", "-s", "<a>b"]).account;
  assert.equal(apiKeyId, "a<b>");
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, "<a>b");
});

Deno.test("command line: a time-out may be as long as a duration can be", () => {
  assert.equal(serve(["-t", "2000000h"]).exporter.scrapeTimeout, 2_000_000 * 3_600_000);
});

Deno.test("command line: a flag against a variable that health would go by is mentioned", () => {
  const ignored = (args: string[], env: Readonly<Record<string, string>>) => {
    const parsed = parse(["demo", ...args], env);
    assert.ok("ignored" in parsed);
    return parsed.ignored;
  };
  assert.deepEqual(ignored(["-l", ":9999"], { LISTEN_ADDRESS: ":9953" }), [
    'SPACELIFT_PROMEX_LISTEN_ADDRESS ":9953" is overridden by --listen-address, but the command ' +
    '"health" uses the variable: set that instead',
  ]);
  assert.deepEqual(ignored(["-l", ":9999"], { LISTEN_ADDRESS: ":9999" }), []);
  assert.deepEqual(ignored(["-l", ":9999"], { LISTEN_ADDRESS: "" }), []);
  assert.deepEqual(ignored([], { LISTEN_ADDRESS: ":9953" }), []);
});

Deno.test("command line: what is given of a webhook that nobody listens for is mentioned", () => {
  const ignored = (command: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const parsed = parse(command, env);
    assert.ok("ignored" in parsed);
    return parsed.ignored;
  };
  const rest = "has no effect without --webhook-listen-address";
  const file = "--webhook-web.config.file=web.yaml";
  assert.deepEqual(ignored(["serve", ...ACCOUNT, file], { WEBHOOK_SECRET: "s" }), [
    `SPACELIFT_PROMEX_WEBHOOK_SECRET ${rest}`,
    `--webhook-web.config.file ${rest}`,
  ]);
  assert.deepEqual(ignored(["check", ...ACCOUNT, "--webhook-secret-file=f"]), [
    `--webhook-secret-file ${rest}`,
  ]);
  assert.deepEqual(ignored(["demo", "--webhook-secret=s"]), [
    `--webhook-secret ${rest} or --webhook-url`,
  ]);
  const sending = ["--webhook-url=http://127.0.0.1:9954/webhook", "--webhook-secret=s"];
  assert.deepEqual(ignored(["demo", ...sending]), []);
  const listening = { WEBHOOK_LISTEN_ADDRESS: ":9954", WEBHOOK_SECRET: "s" };
  assert.deepEqual(ignored(["serve", ...ACCOUNT, file], listening), []);
  assert.deepEqual(ignored(["scrape", ...ACCOUNT], { WEBHOOK_SECRET: "s" }), []);
  assert.deepEqual(ignored(["check", ...ACCOUNT, "--no-collector.runs"], listening), [
    "SPACELIFT_PROMEX_WEBHOOK_LISTEN_ADDRESS only counts deliveries without --collector.runs",
  ]);
  assert.deepEqual(ignored(["serve", ...ACCOUNT, "--no-collector.runs"]), []);
});

Deno.test("command line: lists are repeated as flags, which replace the environment's", () => {
  const args = ["--stacks-space", "a", "--stacks-space=b", "--stacks-label", "x,y"];
  const { space, label } = serve(args, { STACKS_SPACE: "c,d" }).stacks;
  assert.deepEqual(space, ["a", "b"]);
  assert.deepEqual(label, ["x,y"]);
});

Deno.test("command line: an empty environment variable is one that is not set", () => {
  const { account, exporter, stacks } = serve([], {
    API_KEY_SECRET_FILE: "",
    CA_CERT_PATH: "",
    SCRAPE_TIMEOUT: "",
    STACKS_SPACE: "",
  });
  assert.deepEqual(exporter, defaultsOf(EXPORTER));
  assert.deepEqual(stacks, defaultsOf(STACKS));
  assert.equal(account.caCertPath, undefined);
});

Deno.test("command line: a flag saves a wrong environment variable from being read", () => {
  assert.equal(serve(["-t", "7s"], { SCRAPE_TIMEOUT: "soon" }).exporter.scrapeTimeout, 7000);
});

Deno.test("command line: a secret is taken without the line end that a file left on it", () => {
  const account = ["-e", "https://a.example", "-k", "id"];
  const parsed = parse(["serve", ...account], { API_KEY_SECRET: `${CANARY}\r\n` });
  assert.equal(parsed.command, "serve");
  const { keySecret } = parsed.settings.account;
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, CANARY);
});

Deno.test("command line: a secret may begin with a dash or an equals sign", () => {
  for (const args of [["-s", "-dash"], ["-s=-dash"], ["--api-key-secret=-dash"]]) {
    const { keySecret } = serve(args).account;
    assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, "-dash");
  }
  const { keySecret } = serve(["-s", "=equals"]).account;
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, "=equals");
});

Deno.test("command line: a collector can be turned off and on again", () => {
  const { collectors } = serve(["--no-collector.usage", "--collector.stacks"], {
    COLLECTOR_STACKS: "false",
    COLLECTOR_WORKERPOOLS: "false",
  });
  assert.deepEqual(
    [...collectors],
    COLLECTOR_NAMES.filter((name) => !["usage", "workerpools"].includes(name)),
  );
});

Deno.test("command line: demo needs no account and has a size", () => {
  const parsed = parse(["demo", "--stacks", "20000", "--seed=7"], { WORKER_POOLS: "5000" });
  assert.equal(parsed.command, "demo");
  assert.deepEqual(parsed.settings, {
    exporter: defaultsOf(EXPORTER),
    log: { format: undefined, level: undefined },
    stacks: defaultsOf(STACKS),
    runs: defaultsOf(RUNS),
    webhook: undefined,
    sender: undefined,
    simulation: { ...defaultsOf(SIMULATION), stacks: 20_000, seed: 7, workerPools: 5000 },
    collectors: new Set(COLLECTOR_NAMES),
    web: { file: undefined },
  });
  assert.deepEqual(parsed.ignored, []);
});

for (
  const [args, env, source] of [
    [["--max-connections", "1e3"], {}, "--max-connections"],
    [["--max-connections=anything"], { MAX_CONNECTIONS: "1" }, "--max-connections"],
    [[], { MAX_CONNECTIONS: "-1" }, "SPACELIFT_PROMEX_MAX_CONNECTIONS"],
  ] as const
) {
  for (const command of [["serve", ...ACCOUNT], ["demo"]]) {
    Deno.test(`command line: ${command[0]} ignores ${source}, given by ${args.length} arguments`, () => {
      const parsed = parse([...command, ...args], env);
      assert.ok("ignored" in parsed);
      assert.deepEqual(parsed.ignored, [
        `${source} no longer has an effect: ` +
        "idle connections block nobody, so there is no limit to set",
      ]);
      assert.deepEqual({ ...parsed, ignored: [] }, parse(command));
    });
  }
}

Deno.test("command line: health takes its address and time-out from the same settings", () => {
  const env = { LISTEN_ADDRESS: ":9999", WEB_CONFIG_FILE: "web.yml" };
  assert.deepEqual(parse(["health", "-t=1s"], env), {
    command: "health",
    settings: {
      listenAddress: { hostname: undefined, port: 9999 },
      scrapeTimeout: 1000,
      web: { file: "web.yml" },
    },
  });
});

const HELP_FORMS: Readonly<Record<string, string | undefined>> = {
  "": undefined,
  "help": undefined,
  "h": undefined,
  "--help": undefined,
  "-h": undefined,
  "-help": undefined,
  "help help": undefined,
  "help serve": "serve",
  "h demo": "demo",
  "--help health": "health",
  "help completion": "completion",
  "completion --help": "completion",
  "help version": "version",
  "version -h": "version",
  "serve --help": "serve",
  "serve -h": "serve",
  "serve -help": "serve",
  "serve --nonsense --help": "serve",
  "demo --stacks -1 -h": "demo",
};

for (const [line, topic] of Object.entries(HELP_FORMS)) {
  Deno.test(`command line: "${line}" asks for help`, () => {
    assert.deepEqual(parse(line.split(" ").filter(Boolean)), { command: "help", topic });
  });
}

Deno.test("command line: --version and -v ask for the version", () => {
  assert.deepEqual(parse(["--version"]), { command: "version" });
  assert.deepEqual(parse(["-v"]), { command: "version" });
  assert.deepEqual(parse(["-version"]), { command: "version" });
});

Deno.test("command line: whatever is given, a refusal is in lines without the secret", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ["-s", CANARY],
      [`-s=${CANARY}`],
      [`-s${CANARY}`],
      ["--api-key-secret", CANARY],
      [`--api-key-secret=${CANARY}`],
      [`-e=https://user:${CANARY}@a.example`],
      [`--api-endpoint=ftp://${CANARY}@a.example`],
      ["-e", "https://a.example", "-k", "id"],
    ),
    fc.constantFrom("--", "-", "-d", "-d=", "-t", "-h", "--stacks-space", "=").map((one) => [one]),
    fc.string({ unit: "binary" }).map((one) => [one]),
  );
  const command = fc.constantFrom(["serve"], ["demo"], ["health"], ["help"], ["--version"], []);
  fc.assert(
    fc.property(command, fc.array(piece), (name, pieces) => {
      try {
        parse([...name, ...pieces.flat()], { SCRAPE_TIMEOUT: "1s" });
      } catch (error) {
        assert.ok(error instanceof UsageError, `it threw ${error}`);
        assert.match(error.message, /^[^\p{Cc}\u2028\u2029]+(?:\n[^\p{Cc}\u2028\u2029]+)*$/u);
        assert.ok(!error.message.includes(CANARY), `it shows the secret: ${error.message}`);
      }
    }),
    { numRuns: 1000, examples: [[["health"], [["-t"], [`-s${CANARY}`]]]] },
  );
});
