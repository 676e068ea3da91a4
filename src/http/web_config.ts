import { loadAll, YAMLException } from "js-yaml";
import * as v from "valibot";

/** The content of a web configuration file, with file names as written. */
export interface WebConfig {
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Added to every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bcrypt hashes of passwords by the names of users; undefined when no password is needed. */
  readonly users: ReadonlyMap<string, string> | undefined;
}

/** An invalid web configuration: the message names the key or line, and the reason. */
export class WebConfigError extends Error {
  override readonly name = "WebConfigError";
}

/** The highest accepted cost of a hash: above it, one login takes longer than a scrape may. */
const MAX_COST = 14;

/** Reads the text of a web configuration file; throws `WebConfigError`. */
export function parseWebConfig(text: string): WebConfig {
  const { success, output, issues } = v.safeParse(SCHEMA, parseYaml(text));
  if (success) return output;
  const [{ path = [], message }] = issues;
  const keys = path.map(({ key }) => String(key));
  const where = keys.map((key) => /^[\w-]+$/.test(key) ? key : JSON.stringify(key)).join(".");
  throw new WebConfigError(where === "" ? message : `${where}: ${message}`);
}

/** Messages never quote the file's content: it may be a hash. */
function parseYaml(text: string): unknown {
  let documents: unknown[];
  try {
    documents = loadAll(text);
  } catch (error) {
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const isDuplicate = error instanceof YAMLException && /duplicated/.test(error.reason);
    const problem = isDuplicate ? "has a key for the second time" : "is not YAML";
    throw new WebConfigError(`${mark === undefined ? "it" : `line ${mark.line + 1}`} ${problem}`);
  }
  if (documents.length > 1) throw new WebConfigError("it holds more than one YAML document");
  return documents[0] ?? {};
}

const NO_SUCH_KEY = "this format has no such key";

/** A mapping; rejects lists. */
function mapping(message: string) {
  return v.custom<Readonly<Record<string, unknown>>>(
    (given) => typeof given === "object" && given !== null && !Array.isArray(given),
    message,
  );
}

/** A mapping without other keys. */
function object<const E extends v.ObjectEntries>(entries: E) {
  return v.pipe(mapping("it needs keys with values"), v.strictObject(entries, NO_SUCH_KEY));
}

/** A key that this server cannot honour, except with values that match its behaviour. */
function refused(reason: string, ...harmless: readonly (string | boolean)[]) {
  return v.nullish(v.custom<string | boolean>(
    (given) => harmless.some((one) => one === given) || Array.isArray(given) && given.length === 0,
    `this exporter cannot do that: ${reason}`,
  ));
}

const NO_CLIENT_CERTIFICATES = "it asks clients for no certificates";
const NO_CHOICE = "its TLS library makes that choice";

const TEXT = v.pipe(v.string("it needs a text"), v.nonEmpty("it is empty"));

const FILE = v.pipe(
  v.string("it needs the name of a file"),
  v.nonEmpty("it is empty"),
  v.check((name) => !name.includes("\0"), "it is not a file name"),
);

const TLS = v.pipe(
  object({
    cert_file: v.optional(FILE),
    key_file: v.optional(FILE),
    cert: refused("name a file in cert_file"),
    key: refused("name a file in key_file"),
    client_auth_type: refused(NO_CLIENT_CERTIFICATES, "NoClientCert", ""),
    client_ca_file: refused(NO_CLIENT_CERTIFICATES, ""),
    client_ca: refused(NO_CLIENT_CERTIFICATES, ""),
    client_allowed_sans: refused(NO_CLIENT_CERTIFICATES),
    min_version: refused("it offers both TLS 1.2 and 1.3", "TLS12"),
    max_version: refused("it offers both TLS 1.2 and 1.3", "TLS13"),
    cipher_suites: refused(NO_CHOICE),
    // Has no effect in Prometheus either.
    prefer_server_cipher_suites: v.nullish(v.boolean("it must be true or false")),
    curve_preferences: refused(NO_CHOICE),
  }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const { cert_file: certFile, key_file: keyFile } = value;
    if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
    const missing = certFile === undefined ? "cert_file" : "key_file";
    addIssue({ message: `${missing} is missing: TLS needs a certificate and its key` });
    return NEVER;
  }),
);

/** The headers that the Prometheus project's exporters allow. */
const HEADER_NAMES = [
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
  "X-Frame-Options",
  "X-XSS-Protection",
];

const HEADERS = v.pipe(
  mapping("it needs headers with values"),
  v.record(
    v.picklist(
      HEADER_NAMES,
      `only these headers can be set: ${HEADER_NAMES.join(", ")}`,
    ),
    v.pipe(TEXT, v.regex(/^[\x20-\x7e]*$/, "it is not one line of ASCII text")),
  ),
);

const HASH = v.pipe(
  v.string("it needs a bcrypt hash"),
  v.regex(
    /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
    "it needs a bcrypt hash that begins with $2a$, $2b$ or $2y$, such as htpasswd -nBC 10 makes",
  ),
  v.check((hash) => {
    const cost = Number(hash.slice(4, 6));
    return cost >= 4 && cost <= MAX_COST;
  }, `the hash needs a cost from 4 to ${MAX_COST}`),
);

const USERS = v.pipe(
  mapping("it needs users' names with bcrypt hashes"),
  v.record(
    // A colon ends the name in the request.
    v.pipe(TEXT, v.regex(/^[^:\p{Cc}]*$/u, "a user's name has no colon or control character")),
    HASH,
  ),
  v.transform((users) => new Map(Object.entries(users))),
  v.minSize(1, "it names no user: leave it out where nobody needs a password"),
);

const HTTP = v.nullish(object({
  http2: v.nullish(v.custom<true>(
    (given) => given === true,
    "this exporter cannot do that: clients may always use HTTP/2 over TLS",
  )),
  headers: v.nullish(HEADERS),
  read_timeout: refused("it has no such time limit"),
}));

const SCHEMA = v.pipe(
  object({
    tls_server_config: v.nullish(TLS),
    http_server_config: HTTP,
    basic_auth_users: v.optional(USERS),
    rate_limit: refused("it does not limit how often it is asked"),
  }),
  v.transform(({ tls_server_config: tls, http_server_config: http, basic_auth_users: users }) => ({
    tls: tls ?? undefined,
    headers: http?.headers ?? {},
    users,
  })),
);
