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

/** The rows of the table in docs/migrating.md. */
export function pageRows(): PageRow[] {
  const text = DOCUMENTS.get("docs/migrating.md") ?? "";
  return [...text.matchAll(ROW)].map(({ groups = {} }) => ({
    query: groups["query"] ?? "",
    outcome: groups["outcome"] ?? "",
    instead: groups["instead"],
  }));
}
