/**
 * Attacks the exporter with hostile clients, on the loopback interface and with 1,024 descriptors,
 * and prints how its scrapers fared meanwhile.
 *
 *     deno task pressure [--seconds 60] [--binary dist/spacelift-promex]
 *
 * Measures the exporter from source, or a binary. Runs on Linux.
 */
import { parseArgs } from "node:util";
import {
  ahead,
  crowd,
  deaf,
  deafFlood,
  flood,
  measurePressure,
  scrapers,
} from "./bench/pressure.ts";
import { show } from "./bench/report.ts";
import { fromSource, limited, type Subject } from "./bench/subject.ts";
import { markdownTable } from "./docs.ts";
import { say } from "./say.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, binary: { type: "string" } },
});
const seconds = Number(values.seconds);
const { binary } = values;
const exporter: Subject = binary === undefined
  ? fromSource
  : { name: binary, command: () => [binary, "serve"] };
const subject = limited(exporter, 1024);

const ATTACKS = {
  "5,000 idle, 2,000 half-sent, 600 stalled": { attack: crowd, seconds },
  "73 MiB of requests sent ahead": { attack: flood, seconds },
  "the same, no answer read": { attack: deafFlood, seconds: seconds / 3 },
  "400 that read nothing and ask again": { attack: deaf, seconds: seconds / 3 },
  "10,000 scrapes, 50 at once, some leave": { attack: scrapers, seconds },
  "200 requests sent ahead": { attack: ahead, seconds },
};

const rows: string[][] = [];
for (const [what, { attack, seconds }] of Object.entries(ATTACKS)) {
  const figures = await measurePressure(subject, attack, seconds);
  rows.push([
    what,
    `${figures.answered} of ${figures.answered + figures.failed}`,
    `${show(figures.p50)} / ${show(figures.slowest)}`,
    figures.rss.map(show).join(" / "),
    String(figures.restarts),
    String(figures.descriptors),
    String(figures.exitCode),
  ]);
  say(`Measured: ${what}`);
}
say(markdownTable(
  [
    `Clients of ${subject.name}`,
    "Scrapes answered",
    "p50 / slowest ms",
    "RSS before / during / after MiB",
    "Restarts",
    "Descriptors after",
    "Exit code",
  ],
  rows,
));
