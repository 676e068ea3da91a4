import assert from "node:assert/strict";
import fc from "fast-check";
import { type Arguments, parseArguments } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/cli/usage_error.ts";

const CANARY = "canary-5f2b";

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

Deno.test("command line: serve with nothing but an account has the documented defaults", () => {
  const { keySecret, collectors, apiEndpoint, ...settings } = serve([]);
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, CANARY);
  assert.equal(apiEndpoint.href, "https://a.example/");
  assert.deepEqual(
    [...collectors],
    ["aggregates", "publicworkerpool", "stacks", "usage", "workerpools"],
  );
  assert.deepEqual(settings, {
    apiKeyId: "id",
    caCertPath: undefined,
    exporterMetrics: true,
    isDevelopment: false,
    listenAddress: { hostname: undefined, port: 9953 },
    maxConnections: 512,
    maxStaleness: 120_000,
    partialScrapes: true,
    scrapeTimeout: 5000,
    stacksDetails: false,
    stacksDriftLimit: 200,
    stacksLabel: [],
    stacksLimit: 20_000,
    stacksMaxStaleness: 600_000,
    stacksPageSize: 50,
    stacksRefreshInterval: 60_000,
    stacksSpace: [],
  });
});

Deno.test("command line: every setting of serve is taken from the environment", () => {
  const parsed = parse(["serve"], {
    API_ENDPOINT: " http://localhost:8080/spacelift/ \n",
    API_KEY_ID: "oidc::https://issuer.example::id",
    API_KEY_SECRET_FILE: "/run/secret",
    CA_CERT_PATH: "/run/ca.pem",
    COLLECTOR_STACKS: "0",
    COLLECTOR_USAGE: "False",
    EXPORTER_METRICS: "f",
    IS_DEVELOPMENT: "T",
    LISTEN_ADDRESS: "[::1]:0",
    MAX_CONNECTIONS: "1",
    MAX_STALENESS: "0",
    PARTIAL_SCRAPES: "FALSE",
    SCRAPE_TIMEOUT: "1m30s",
    STACKS_DETAILS: "TRUE",
    STACKS_DRIFT_LIMIT: "0",
    STACKS_LABEL: "team:a, team:b",
    STACKS_LIMIT: "7",
    STACKS_MAX_STALENESS: "1h",
    STACKS_PAGE_SIZE: "10",
    STACKS_REFRESH_INTERVAL: "90s",
    STACKS_SPACE: "root",
  });
  assert.equal(parsed.command, "serve");
  const { apiEndpoint, collectors, ...settings } = parsed.settings;
  assert.equal(apiEndpoint.href, "http://localhost:8080/spacelift/");
  assert.deepEqual([...collectors], ["aggregates", "publicworkerpool", "workerpools"]);
  assert.deepEqual(settings, {
    apiKeyId: "oidc::https://issuer.example::id",
    caCertPath: "/run/ca.pem",
    exporterMetrics: false,
    isDevelopment: true,
    keySecret: { file: "/run/secret" },
    listenAddress: { hostname: "::1", port: 0 },
    maxConnections: 1,
    maxStaleness: 0,
    partialScrapes: false,
    scrapeTimeout: 90_000,
    stacksDetails: true,
    stacksDriftLimit: 0,
    stacksLabel: ["team:a", "team:b"],
    stacksLimit: 7,
    stacksMaxStaleness: 3_600_000,
    stacksPageSize: 10,
    stacksRefreshInterval: 90_000,
    stacksSpace: ["root"],
  });
});

const TIMEOUT_FORMS = [
  ["--scrape-timeout", "7s"],
  ["--scrape-timeout=7s"],
  ["-t", "7s"],
  ["-t=7s"],
  ["-t", "1s", "--scrape-timeout=7s"],
];

for (const args of TIMEOUT_FORMS) {
  Deno.test(`command line: ${args.join(" ")} sets the time-out`, () => {
    assert.equal(serve(args, { SCRAPE_TIMEOUT: "9s" }).scrapeTimeout, 7000);
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
];

for (const [args, expected] of SWITCH_FORMS) {
  Deno.test(`command line: ${args.join(" ")} means ${expected}`, () => {
    const env = { IS_DEVELOPMENT: String(!expected) };
    assert.equal(serve([...args, "-l", ":1"], env).isDevelopment, expected);
  });
}

Deno.test("command line: lists are repeated as flags, which replace the environment's", () => {
  const args = ["--stacks-space", "a", "--stacks-space=b", "--stacks-label", "x,y"];
  const { stacksSpace, stacksLabel } = serve(args, { STACKS_SPACE: "c,d" });
  assert.deepEqual(stacksSpace, ["a", "b"]);
  assert.deepEqual(stacksLabel, ["x,y"]);
});

Deno.test("command line: an empty environment variable is one that is not set", () => {
  const { scrapeTimeout, stacksSpace, caCertPath } = serve([], {
    API_KEY_SECRET_FILE: "",
    CA_CERT_PATH: "",
    SCRAPE_TIMEOUT: "",
    STACKS_SPACE: "",
  });
  assert.deepEqual([scrapeTimeout, stacksSpace, caCertPath], [5000, [], undefined]);
});

Deno.test("command line: a flag saves a wrong environment variable from being read", () => {
  assert.equal(serve(["-t", "7s"], { SCRAPE_TIMEOUT: "soon" }).scrapeTimeout, 7000);
});

Deno.test("command line: a secret may begin with a dash or an equals sign", () => {
  for (const args of [["-s", "-dash"], ["-s=-dash"], ["--api-key-secret=-dash"]]) {
    const { keySecret } = serve(args);
    assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, "-dash");
  }
  const { keySecret } = serve(["-s", "=equals"]);
  assert.equal("secret" in keySecret ? keySecret.secret.reveal() : undefined, "=equals");
});

Deno.test("command line: a collector can be turned off and on again", () => {
  const { collectors } = serve(["--no-collector.usage", "--collector.stacks"], {
    COLLECTOR_STACKS: "false",
    COLLECTOR_WORKERPOOLS: "false",
  });
  assert.deepEqual([...collectors], ["aggregates", "publicworkerpool", "stacks"]);
});

Deno.test("command line: demo needs no account and has a size", () => {
  const parsed = parse(["demo", "--stacks", "20000", "--seed=7"], { WORKER_POOLS: "5000" });
  assert.equal(parsed.command, "demo");
  const { stacks, seed, workerPools, workersPerPool, listenAddress } = parsed.settings;
  assert.deepEqual([stacks, seed, workerPools, workersPerPool], [20_000, 7, 5000, 5]);
  assert.deepEqual(listenAddress, { hostname: undefined, port: 9953 });
});

Deno.test("command line: health takes its address and time-out from the same settings", () => {
  assert.deepEqual(parse(["health", "-t=1s"], { LISTEN_ADDRESS: ":9999" }), {
    command: "health",
    settings: { listenAddress: { hostname: undefined, port: 9999 }, scrapeTimeout: 1000 },
  });
});

const HELP_FORMS: Readonly<Record<string, string | undefined>> = {
  "": undefined,
  "help": undefined,
  "h": undefined,
  "--help": undefined,
  "-h": undefined,
  "help help": undefined,
  "help serve": "serve",
  "h demo": "demo",
  "--help health": "health",
  "serve --help": "serve",
  "serve -h": "serve",
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
});

Deno.test("command line: whatever is given, a refusal is one line without the secret", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ["-s", CANARY],
      [`-s=${CANARY}`],
      ["--api-key-secret", CANARY],
      [`--api-key-secret=${CANARY}`],
      [`-e=https://user:${CANARY}@a.example`],
      [`--api-endpoint=ftp://${CANARY}@a.example`],
      ["-e", "https://a.example", "-k", "id"],
    ),
    fc.constantFrom("--", "-", "-d", "-d=", "-t", "-h", "--stacks-space", "=").map((one) => [one]),
    fc.string({ unit: "binary" }).map((one) => [one]),
  );
  const command = fc.constantFrom("serve", "demo", "health", "help", "--version");
  fc.assert(
    fc.property(command, fc.array(piece), (name, pieces) => {
      try {
        parse([name, ...pieces.flat()], { SCRAPE_TIMEOUT: "1s" });
      } catch (error) {
        assert.ok(error instanceof UsageError, `it threw ${error}`);
        assert.match(error.message, /^[^\p{Cc}\u2028\u2029]+$/u);
        assert.ok(!error.message.includes(CANARY), `it shows the secret: ${error.message}`);
      }
    }),
    { numRuns: 1000 },
  );
});
