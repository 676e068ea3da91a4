/** What to tell whoever has started a demo. */
export interface DemoGuide {
  /** The exporter's page. */
  readonly url: string;
  readonly apiUrl: string;
  readonly apiKeyId: string;
  /** The key's secret, unless it is one that somebody chose and that is not to be shown. */
  readonly secret: string | undefined;
  readonly size: { readonly stacks: number; readonly workerPools: number; readonly seed: number };
}

/** Where to look, and what to type in another terminal. */
export function demoGuide({ url, apiUrl, apiKeyId, secret, size }: DemoGuide): string {
  const program = Deno.build.standalone ? "spacelift-promex" : "deno task start";
  const access = `-e ${apiUrl} -k ${shellWord(apiKeyId)} -s ${secret ?? "YOUR_SECRET"}`;
  return `
  This account is simulated: ${size.stacks} stacks, ${size.workerPools} worker pools, seed ${size.seed}.

  Open ${url} for the status page, or ${url}metrics for the metrics.

  To use the simulated account from another terminal:

    ${program} check ${access}
    ${program} scrape ${access}
    ${program} serve ${access} -l 127.0.0.1:9954

  Ctrl-C ends the demo.

`;
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
