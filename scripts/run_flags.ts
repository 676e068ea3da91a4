/** What the compiled exporter may do. */
export const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-env=SPACELIFT_PROMEX_*,NO_PROXY,no_proxy,SSL_CERT_FILE,SSL_CERT_DIR",
] as const;

/** The same for `deno run`, where the GraphQL library asks for one more variable. */
export const SOURCE_PERMISSIONS: readonly string[] = PERMISSIONS.map((flag) =>
  flag.startsWith("--allow-env=") ? `${flag},NODE_ENV` : flag
);

/**
 * Garbage of a scrape is collected before it piles up; the most eager of the compilers is left out,
 * and the others run in the main thread: more compilers, and threads for them, take more memory and
 * time than they win back in a program that mostly waits.
 */
export const V8_FLAGS =
  "--v8-flags=--max-semi-space-size=3,--max-opt=2,--no-concurrent-recompilation";

/**
 * Without it a request's signal aborts after each answer too, and Deno says so in the middle of the
 * log as soon as a route has looked at one. From source it stands in deno.json.
 */
const UNSTABLE = "--unstable-no-legacy-abort";

/** How the exporter runs from source: the single list for every `deno run`. */
export const SOURCE_FLAGS: readonly string[] = [V8_FLAGS, ...SOURCE_PERMISSIONS];

/** How its bundle runs. */
export const BUNDLE_FLAGS: readonly string[] = [UNSTABLE, V8_FLAGS, ...PERMISSIONS];

/**
 * What is compiled into a binary, which takes none of this at its start. `scrape --output` replaces a
 * file of its user's choice; the program gives that permission up before it does anything else,
 * unless it was started for just that.
 */
export const BINARY_FLAGS: readonly string[] = [
  ...BUNDLE_FLAGS,
  // Lets the settings' variables be listed, and the rest of the environment seem empty.
  "--ignore-env",
  "--allow-write",
];
