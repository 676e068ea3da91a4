/** What the user of a demo needs to know. */
export interface DemoGuide {
  /** The exporter's status page. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiKeyId: string;
  /** The key's secret; undefined when the user chose it, because it must not be shown. */
  readonly secret: string | undefined;
  /** Whether parts of the API fail in turn. */
  readonly trouble: boolean;
  readonly size: { readonly stacks: number; readonly workerPools: number; readonly seed: number };
}

/** Says where to look, and what to type in another terminal. */
export function demoGuide(
  { url, apiUrl, apiKeyId, secret, trouble, size }: DemoGuide,
  program: string = programName(),
): string {
  const access = `-e ${apiUrl} -k ${shellWord(apiKeyId)} -s ${secret ?? "YOUR_SECRET"}`;
  const troubles = trouble
    ? "  Parts of its API fail in turn, starting in half a minute. The log says which.\n\n"
    : "";
  return `
  This account is simulated: ${size.stacks} stacks, ${size.workerPools} worker pools, seed ${size.seed}.

${troubles}  Open ${url} for the status page, or ${url}metrics for the metrics.

  To use the simulated account from another terminal:

    ${program} check ${access}
    ${program} scrape ${access}
    ${program} serve ${access} -l 127.0.0.1:9954

  Ctrl-C ends the demo.

`;
}

/** The command that starts this program, derived from how this process was started. */
export function programName(
  { standalone }: { standalone: boolean } = Deno.build,
  runtime: string = Deno.execPath(),
): string {
  if (standalone) return "spacelift-promex";
  // npx keeps its programs in a separate folder outside the PATH.
  const isOfNpx = /[/\\]_npx[/\\]/.test(runtime);
  return isOfNpx ? `npx -y deno@${Deno.version.deno} task start` : "deno task start";
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
