import assert from "node:assert/strict";
import { parseWebConfig, WebConfigError } from "../../src/http/web_config.ts";

const HASH = `$2y$10$${"a".repeat(53)}`;

Deno.test("parseWebConfig reads what this exporter can do", () => {
  const config = parseWebConfig(`
tls_server_config:
  cert_file: tls.crt
  key_file: ../keys/tls.key
  client_auth_type: NoClientCert
  min_version: TLS12
  max_version: TLS13
  cipher_suites: []
  prefer_server_cipher_suites: true
http_server_config:
  http2: true
  headers:
    Strict-Transport-Security: max-age=31536000
basic_auth_users:
  alice: ${HASH}
  "\u00e9ve ": ${HASH.replace("2y", "2b")}
`);
  assert.deepEqual(config, {
    tls: { certFile: "tls.crt", keyFile: "../keys/tls.key" },
    headers: { "Strict-Transport-Security": "max-age=31536000" },
    users: new Map([["alice", HASH], ["\u00e9ve ", HASH.replace("2y", "2b")]]),
  });
});

for (const text of ["", "# nothing\n", "{}", "tls_server_config:\nhttp_server_config:\n"]) {
  Deno.test(`parseWebConfig asks for nothing in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseWebConfig(text), { tls: undefined, headers: {}, users: undefined });
  });
}

const TLS = "cert_file: a, key_file: b";
const CANNOT = "this exporter cannot do that: ";

const WRONG: readonly (readonly [text: string, message: string])[] = [
  ["a: [", "line 1 is not YAML"],
  ["basic_auth_users:\n  a: x\n  a: y", "line 3 has a key for the second time"],
  ["a: 1\n---\nb: 2", "it holds more than one YAML document"],
  ["- 1", "it needs keys with values"],
  ["just text", "it needs keys with values"],
  ["tls_config: {}", "tls_config: this format has no such key"],
  ["tls_server_config: yes", "tls_server_config: it needs keys with values"],
  [`tls_server_config: {${TLS}, ca: c}`, "tls_server_config.ca: this format has no such key"],
  [
    "tls_server_config: {}",
    "tls_server_config: cert_file is missing: TLS needs a certificate and its key",
  ],
  [
    "tls_server_config: {cert_file: a}",
    "tls_server_config: key_file is missing: TLS needs a certificate and its key",
  ],
  [
    "tls_server_config: {key_file: a}",
    "tls_server_config: cert_file is missing: TLS needs a certificate and its key",
  ],
  ["tls_server_config: {cert_file: '', key_file: b}", "tls_server_config.cert_file: it is empty"],
  [
    "tls_server_config: {cert_file: 1, key_file: b}",
    "tls_server_config.cert_file: it needs the name of a file",
  ],
  ...([
    ["cert: PEM", `cert: ${CANNOT}name a file in cert_file`],
    ["key: PEM", `key: ${CANNOT}name a file in key_file`],
    [
      "client_auth_type: RequireAndVerifyClientCert",
      `client_auth_type: ${CANNOT}it asks clients for no certificates`,
    ],
    ["client_ca_file: ca.pem", `client_ca_file: ${CANNOT}it asks clients for no certificates`],
    ["client_ca: PEM", `client_ca: ${CANNOT}it asks clients for no certificates`],
    [
      "client_allowed_sans: [a]",
      `client_allowed_sans: ${CANNOT}it asks clients for no certificates`,
    ],
    [
      "min_version: TLS13",
      `min_version: ${CANNOT}it offers both TLS 1.2 and 1.3`,
    ],
    [
      "min_version: TLS10",
      `min_version: ${CANNOT}it offers both TLS 1.2 and 1.3`,
    ],
    [
      "max_version: TLS12",
      `max_version: ${CANNOT}it offers both TLS 1.2 and 1.3`,
    ],
    [
      "cipher_suites: [TLS_AES_128_GCM_SHA256]",
      `cipher_suites: ${CANNOT}its TLS library makes that choice`,
    ],
    [
      "curve_preferences: [X25519]",
      `curve_preferences: ${CANNOT}its TLS library makes that choice`,
    ],
    ["prefer_server_cipher_suites: maybe", "prefer_server_cipher_suites: it must be true or false"],
  ] as const).map(([line, message]) =>
    [`tls_server_config: {${TLS}, ${line}}`, `tls_server_config.${message}`] as const
  ),
  [
    "http_server_config: {http2: false}",
    `http_server_config.http2: ${CANNOT}clients may always use HTTP/2 over TLS`,
  ],
  [
    "http_server_config: {headers: {X-Other: a}}",
    "http_server_config.headers.X-Other: only these headers can be set: Content-Security-Policy, " +
    "Strict-Transport-Security, X-Content-Type-Options, X-Frame-Options, X-XSS-Protection",
  ],
  [
    'http_server_config: {headers: {X-Frame-Options: "a\\nb"}}',
    "http_server_config.headers.X-Frame-Options: it is not one line of ASCII text",
  ],
  ["rate_limit: {interval: 1s}", `rate_limit: ${CANNOT}it does not limit how often it is asked`],
  [
    "basic_auth_users: {}",
    "basic_auth_users: it names no user: leave it out where nobody needs a password",
  ],
  ["basic_auth_users:", "basic_auth_users: it needs users' names with bcrypt hashes"],
  ["basic_auth_users: [alice]", "basic_auth_users: it needs users' names with bcrypt hashes"],
  [
    `basic_auth_users: {"a:b": ${HASH}}`,
    'basic_auth_users."a:b": a user\'s name has no colon or control character',
  ],
  [`basic_auth_users: {"": ${HASH}}`, 'basic_auth_users."": it is empty'],
  [
    "basic_auth_users: {alice: in-clear}",
    "basic_auth_users.alice: it needs a bcrypt hash that begins with $2a$, $2b$ or $2y$, such as htpasswd -nBC 10 makes",
  ],
  [
    `basic_auth_users: {alice: ${HASH.replace("2y", "2x")}}`,
    "basic_auth_users.alice: it needs a bcrypt hash that begins with $2a$, $2b$ or $2y$, such as htpasswd -nBC 10 makes",
  ],
  [
    `basic_auth_users: {alice: ${HASH.replace("$10$", "$15$")}}`,
    "basic_auth_users.alice: the hash needs a cost from 4 to 14",
  ],
];

for (const [text, message] of WRONG) {
  Deno.test(`parseWebConfig refuses ${JSON.stringify(text).slice(0, 90)}`, () => {
    assert.throws(
      () => parseWebConfig(text),
      (error) =>
        error instanceof WebConfigError && assert.equal(error.message, message) === undefined,
    );
  });
}
