import { GraphQLError } from "graphql";

/** Most entries that one page holds; a larger `first` is treated as this. */
export const MAX_PAGE_SIZE = 100;

const DEFAULT_PAGE_SIZE = 50;
const CURSOR_PREFIX = "position:";

/** What to read of a list: up to `first` entries after the cursor `after`. */
export interface PageInput {
  first?: number | null;
  after?: string | null;
}

/** A list's page in the shape of the API's search results. */
export interface Page<T> {
  edges: { cursor: string; node: T }[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean; hasPreviousPage: boolean };
}

/**
 * Cuts one page out of a list, after the cursor or from the offset on; a cursor is a position, so
 * entries move when the list does.
 */
export function page<T>(entries: readonly T[], input: PageInput, offset = 0): Page<T> {
  const start = input.after ? position(input.after) : Math.max(offset, 0);
  const size = Math.min(Math.max(input.first ?? DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);
  const edges = entries.slice(start, start + size)
    .map((node, index) => ({ cursor: cursor(start + index + 1), node }));
  return {
    edges,
    pageInfo: {
      endCursor: edges.at(-1)?.cursor ?? null,
      hasNextPage: start + edges.length < entries.length,
      hasPreviousPage: start > 0,
    },
  };
}

function cursor(position: number): string {
  return btoa(CURSOR_PREFIX + position);
}

function position(cursor: string): number {
  const match = /^position:(\d+)$/.exec(decode(cursor));
  if (match === null) throw new GraphQLError("invalid cursor");
  return Number(match[1]);
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return "";
  }
}
