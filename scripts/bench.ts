/**
 * Measures what the exporter costs, next to a server that does nothing and to other ways to write the
 * same text, and prints one table: the medians of some rounds, and the budgets that are met or not.
 *
 *     deno task bench [--rounds 3] [--only writer,start] [--peer COMMAND] [--soak]
 *
 * `--soak` watches the memory for ten minutes instead of one. `--peer` measures another exporter
 * against the same accounts; its endpoint and listen address are passed in
 * SPACELIFT_PROMEX_API_ENDPOINT, _API_KEY_ID, _API_KEY_SECRET and _LISTEN_ADDRESS. Runs on Linux.
 */
import { parseArgs } from "node:util";
import { type Options, PARTS } from "./bench/measurements.ts";
import { type Figure, reportTable } from "./bench/report.ts";
import { bundle, peer } from "./bench/subject.ts";
import { say } from "./say.ts";

type Part = (options: Options) => Promise<Figure[]>;

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      only: { type: "string", default: Object.keys(PARTS).join(",") },
      peer: { type: "string" },
      soak: { type: "boolean", default: false },
    },
  });
  const parts = readParts(values.only);
  const directory = await Deno.makeTempDir();
  try {
    const options: Options = {
      soak: values.soak,
      peer: values.peer === undefined ? undefined : peer(values.peer),
      directory,
      path: await bundle(directory),
    };
    const rounds: Figure[][] = [];
    while (rounds.length < Number(values.rounds)) {
      const figures: Figure[] = [];
      for (const part of parts) figures.push(...await part(options));
      rounds.push(figures);
    }
    say(reportTable(rounds));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function readParts(list: string): Part[] {
  const parts = new Map<string, Part>(Object.entries(PARTS));
  return list.split(",").map((name) => {
    const part = parts.get(name);
    if (part === undefined) {
      throw new Error(`Cannot measure "${name}": use ${[...parts.keys()].join(",")}`);
    }
    return part;
  });
}

if (import.meta.main) await main(Deno.args);
