import config from "../../deno.json" with { type: "json" };
import { runCommand, tryCommand } from "../run_command.ts";

/** What a build is made from. */
export interface Revision {
  readonly version: string;
  /** Full commit hash, or `devel` when the files are no commit's. */
  readonly commit: string;
  /** The time that every built file carries, in Unix seconds. */
  readonly time: number;
}

/** The earliest time that a zip archive can hold, in Unix seconds. */
const EARLIEST = Date.UTC(1980, 0, 2) / 1000;

/** The files that decide what is built. */
const INPUTS = ["main.ts", "src", "scripts", "deno.json", "deno.lock"];

/**
 * The revision of the working tree. `COMMIT` and `SOURCE_DATE_EPOCH` in the environment go first,
 * for builds without the history.
 */
export async function readRevision(): Promise<Revision> {
  const commit = Deno.env.get("COMMIT") || await readCommit();
  return { version: config.version, commit, time: await readTime() };
}

async function readCommit(): Promise<string> {
  const head = await tryGit(["rev-parse", "HEAD"]);
  if (head === undefined) return "devel";
  const changes = await runCommand("git", ["status", "--porcelain", "--", ...INPUTS]);
  return changes === "" ? head : "devel";
}

async function readTime(): Promise<number> {
  const text = Deno.env.get("SOURCE_DATE_EPOCH") || await tryGit(["log", "-1", "--format=%ct"]);
  if (text === undefined) return EARLIEST;
  if (!/^\d{1,10}$/.test(text)) {
    throw new Error(`Cannot use SOURCE_DATE_EPOCH "${text}": it must be a time in Unix seconds`);
  }
  return Math.max(EARLIEST, Number(text));
}

/** What git prints, or undefined where there is no git or no history. */
async function tryGit(args: readonly string[]): Promise<string | undefined> {
  try {
    const { code, stdout } = await tryCommand("git", args);
    return code === 0 ? stdout.trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
