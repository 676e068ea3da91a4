import { hasTool } from "./tools.ts";

/** A Prometheus of this machine with its promtool. */
export interface PrometheusTools {
  /** Name and version, for the names of tests. */
  readonly name: string;
  readonly major: 2 | 3;
  readonly prometheus: string;
  readonly promtool: string;
}

/**
 * The Prometheus servers to test with, one for each major version: that in the PATH, and that in the
 * folder that `PROMETHEUS3` names. CI must have the first; the second is left out where it is missing.
 */
async function findPrometheus(): Promise<readonly PrometheusTools[]> {
  const found: PrometheusTools[] = [];
  const inPath = await hasTool("prometheus", "--version") && await hasTool("promtool", "--version");
  if (inPath) found.push(await describe("prometheus", "promtool"));
  const folder = Deno.env.get("PROMETHEUS3") ?? "";
  if (folder !== "") {
    const other = await describe(`${folder}/prometheus`, `${folder}/promtool`);
    if (other.major !== 3) throw new Error(`PROMETHEUS3 leads to ${other.name}`);
    if (found.every(({ major }) => major !== 3)) found.push(other);
  }
  return found;
}

const FOUND = await findPrometheus();

/**
 * Declares a test with a step for each Prometheus there is, named after it; they run at the same time,
 * because they mostly wait.
 */
export function testWithPrometheus(
  name: string,
  fn: (tools: PrometheusTools, t: Deno.TestContext) => Promise<void>,
): void {
  testWithEachPrometheus(name, async (found, t) => {
    await Promise.all(
      found.map((tools) => t.step({ name: tools.name, fn: (t) => fn(tools, t), ...SIDE_BY_SIDE })),
    );
  });
}

/** What steps left behind is found when their test ends: while they run, none can say what is whose. */
const SIDE_BY_SIDE = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };

/** Declares a test that gets every Prometheus there is, and one that is ignored for each that is missing. */
export function testWithEachPrometheus(
  name: string,
  fn: (found: readonly PrometheusTools[], t: Deno.TestContext) => Promise<void>,
): void {
  if (FOUND.length > 0) Deno.test(name, (t) => fn(FOUND, t));
  for (const major of [2, 3] as const) {
    if (FOUND.some((tools) => tools.major === major)) continue;
    Deno.test({ name: `Prometheus ${major}: ${name}`, ignore: true, fn: () => {} });
  }
}

async function describe(prometheus: string, promtool: string): Promise<PrometheusTools> {
  const { stdout, stderr } = await new Deno.Command(prometheus, { args: ["--version"] }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const [, version, major] = /^prometheus, version ((\d+)\.\d+\.\d+)/m.exec(text) ?? [];
  if (major !== "2" && major !== "3") throw new Error(`What is ${prometheus}? It says ${text}`);
  return { name: `Prometheus ${version}`, major: major === "2" ? 2 : 3, prometheus, promtool };
}
