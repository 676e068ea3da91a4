/** What the compiled exporter may do: the one list behind every way to start it. */
export const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-env=SPACELIFT_PROMEX_*",
] as const;

/** The same for `deno run`, where the GraphQL library asks for one more variable. */
export const SOURCE_PERMISSIONS: readonly string[] = PERMISSIONS.map((flag) =>
  flag.startsWith("--allow-env=") ? `${flag},NODE_ENV` : flag
);
