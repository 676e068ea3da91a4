import { ApiError } from "../spacelift/api_error.ts";

/** One page of a connection, as the API's search fields return them. */
export interface Page<T> {
  readonly nodes: readonly T[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
}

/** The result of a walk over pages. */
export interface Walk<T> {
  /** By key, in the order of first appearance; of duplicates the last one is kept. */
  readonly nodes: ReadonlyMap<string, T>;
  /** The minimum number of nodes that the limit left out; later pages are not requested. */
  readonly omitted: number;
}

/**
 * How many consecutive pages may contain nothing new: server-side filters leave pages empty, and
 * items that move during the walk fill pages with known ones.
 */
export const MAX_PAGES_WITHOUT_NEWS = 100;

/** Walks pages one after another; throws `ApiError` when the cursor makes no progress. */
export async function walkPages<T>(options: {
  readonly page: (after: string | null) => Promise<Page<T>>;
  readonly key: (node: T) => string;
  readonly limit: number;
}): Promise<Walk<T>> {
  const nodes = new Map<string, T>();
  const cursors = new Set<string>();
  let after: string | null = null;
  let pagesWithoutNews = 0;
  for (;;) {
    const before: number = nodes.size;
    const page: Page<T> = await options.page(after);
    for (const node of page.nodes) nodes.set(options.key(node), node);
    const excess = nodes.size - options.limit;
    if (excess > 0 || (excess === 0 && page.hasNextPage)) {
      const kept = new Map([...nodes].slice(0, options.limit));
      return { nodes: kept, omitted: excess + Number(page.hasNextPage) };
    }
    if (!page.hasNextPage) return { nodes, omitted: 0 };
    after = page.endCursor;
    pagesWithoutNews = nodes.size === before ? pagesWithoutNews + 1 : 0;
    if (after === null || cursors.has(after) || pagesWithoutNews > MAX_PAGES_WITHOUT_NEWS) {
      throw new ApiError(
        "bad_response",
        `The API's pages make no progress after ${nodes.size} items`,
      );
    }
    cursors.add(after);
  }
}
