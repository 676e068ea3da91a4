/** What the exporter may do: the one list behind every way to start it. */
export const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-env=SPACELIFT_PROMEX_*",
] as const;

/** The same for `deno run`, where the GraphQL library asks for one more variable. */
export const SOURCE_PERMISSIONS: readonly string[] = PERMISSIONS.map((flag) =>
  flag.startsWith("--allow-env=") ? `${flag},NODE_ENV` : flag
);

/**
 * What is compiled into a binary, which cannot be given more when it is started: `scrape --output`
 * replaces a file of its user's choice. The program gives that up before it does anything else,
 * unless it was started for just that.
 */
export const BINARY_PERMISSIONS: readonly string[] = [
  ...PERMISSIONS,
  // Lets the settings' variables be listed, and the rest of the environment seem empty.
  "--ignore-env",
  "--allow-write",
];
