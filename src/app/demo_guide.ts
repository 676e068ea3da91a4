/** What to tell whoever has started a demo. */
export interface DemoGuide {
  /** The exporter's page. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiKeyId: string;
  /** The key's secret, unless it is one that somebody chose and that is not to be shown. */
  readonly secret: string | undefined;
  /** Whether parts of the API fail by turns. */
  readonly trouble: boolean;
  readonly size: { readonly stacks: number; readonly workerPools: number; readonly seed: number };
}

/** Where to look, and what to type in another terminal. */
export function demoGuide(
  { url, apiUrl, apiKeyId, secret, trouble, size }: DemoGuide,
  program: string = programName(),
): string {
  const access = `-e ${apiUrl} -k ${shellWord(apiKeyId)} -s ${secret ?? "YOUR_SECRET"}`;
  const troubles = trouble
    ? "  Parts of its API fail by turns, beginning in half a minute. The log says which.\n\n"
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

/** How this program is started from a command line, by how it was started itself. */
export function programName(
  { standalone }: { standalone: boolean } = Deno.build,
  runtime: string = Deno.execPath(),
): string {
  if (standalone) return "spacelift-promex";
  // npx keeps what it runs in a folder of its own, out of the PATH.
  const isOfNpx = /[/\\]_npx[/\\]/.test(runtime);
  return isOfNpx ? `npx -y deno@${Deno.version.deno} task start` : "deno task start";
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
