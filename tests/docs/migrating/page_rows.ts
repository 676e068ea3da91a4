import { DOCUMENTS } from "../documents.ts";

/** A row of the page's table of queries. */
export interface PageRow {
  readonly query: string;
  /** What the page says that it gives by default. */
  readonly outcome: string;
  /** What to write instead, where that is needed. */
  readonly instead: string | undefined;
}

const ROW =
  /^\| `(?<query>[^`]+)`(?:, [^|]+)? +\| (?<outcome>[^|`]+?) +\| (?:`(?<instead>[^`]+)` +)?/gm;

const PAGE = DOCUMENTS.get("docs/migrating.md") ?? "";

/** The rows of the table in docs/migrating.md. */
export function pageRows(): PageRow[] {
  return [...PAGE.matchAll(ROW)].map(({ groups = {} }) => ({
    query: groups["query"] ?? "",
    outcome: groups["outcome"] ?? "",
    instead: groups["instead"],
  }));
}

/** The flags for the variables with which the page makes a switch without visible change. */
export function pageFlags(): string[] {
  return [...PAGE.matchAll(/^export SPACELIFT_PROMEX_(\w+)=false$/gm)].map(([, name = ""]) =>
    `--no-${name.toLowerCase().replace("collector_", "collector.").replaceAll("_", "-")}`
  );
}
