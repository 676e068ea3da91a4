import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiError } from "../../src/spacelift/api_error.ts";
import {
  MAX_PAGES_WITHOUT_NEWS,
  type Page,
  type Walk,
  walkPages,
} from "../../src/collectors/page_walk.ts";

interface Node {
  readonly key: string;
  readonly version?: number;
}

/** Walks scripted pages, by the cursor that leads to each; the first page has none. */
function walk(pages: Readonly<Record<string, Page<Node>>>, limit = 1000): Promise<Walk<Node>> {
  return walkPages({
    page(after) {
      const page = pages[after ?? ""];
      if (page === undefined) throw new RangeError(`Nobody leads to the cursor ${after}`);
      return Promise.resolve(page);
    },
    key: ({ key }) => key,
    limit,
  });
}

function page(keys: string, next: string | null = null, version?: number): Page<Node> {
  const nodes = [...keys].map((key) => (version === undefined ? { key } : { key, version }));
  return { nodes, endCursor: next, hasNextPage: next !== null };
}

function keysOf({ nodes }: Walk<Node>): string {
  return [...nodes.keys()].join("");
}

Deno.test("a walk joins its pages in order, each asked for once and by the last one's cursor", async () => {
  const asked: (string | null)[] = [];
  const pages: Record<string, Page<Node>> = {
    "": page("ab", "1"),
    "1": page("cd", "2"),
    "2": page("e"),
  };
  const found = await walkPages({
    page(after) {
      asked.push(after);
      return Promise.resolve(pages[after ?? ""] ?? page(""));
    },
    key: ({ key }) => key,
    limit: 1000,
  });
  assert.deepEqual(asked, [null, "1", "2"]);
  assert.equal(keysOf(found), "abcde");
  assert.equal(found.omitted, 0);
});

Deno.test("a walk over nothing finds nothing", async () => {
  assert.deepEqual(await walk({ "": page("") }), { nodes: new Map(), omitted: 0 });
});

Deno.test("a last page may be empty, and may have a cursor", async () => {
  const last = { ...page(""), endCursor: "beyond" };
  assert.equal(keysOf(await walk({ "": page("ab", "1"), "1": last })), "ab");
});

Deno.test("what moves between two pages is kept once, as it was seen last", async () => {
  const found = await walk({ "": page("abc", "1", 1), "1": page("cd", null, 2) });
  assert.equal(keysOf(found), "abcd");
  assert.deepEqual(found.nodes.get("c"), { key: "c", version: 2 });
});

const ASTRAY: Readonly<Record<string, Readonly<Record<string, Page<Node>>>>> = {
  "a cursor that comes again": { "": page("a", "1"), "1": page("b", "2"), "2": page("c", "1") },
  "a cursor that leads to itself": { "": page("a", "1"), "1": page("b", "1") },
  "a next page without a cursor": { "": { ...page("a"), hasNextPage: true } },
};

for (const [what, pages] of Object.entries(ASTRAY)) {
  Deno.test(`a walk ends with a reason at ${what}`, async () => {
    await assert.rejects(walk(pages), (error) => {
      assert.ok(error instanceof ApiError, String(error));
      assert.equal(error.reason, "bad_response");
      assert.match(error.message, /^The API's pages make no progress after \d+ items$/);
      return true;
    });
  });
}

const LEADING_ON: Readonly<Record<string, Readonly<Record<string, Page<Node>>>>> = {
  "a page of what is known already": {
    "": page("ab", "1"),
    "1": page("ba", "2"),
    "2": page("c"),
  },
  "an empty page before the last": { "": page("ab", "1"), "1": page("", "2"), "2": page("c") },
  "empty first pages": { "": page("", "1"), "1": page("", "2"), "2": page("abc") },
};

for (const [what, pages] of Object.entries(LEADING_ON)) {
  Deno.test(`a walk goes on after ${what} while the cursor is new`, async () => {
    assert.equal(keysOf(await walk(pages)), "abc");
  });
}

Deno.test("a walk ends with a reason when too many pages in a row bring nothing new", async () => {
  const barren = (count: number, last: Page<Node>) =>
    walkPages<Node>({
      page(after) {
        const index = Number(after);
        if (index === 0) return Promise.resolve(page("a", "1"));
        return Promise.resolve(index > count ? last : page("a", String(index + 1)));
      },
      key: ({ key }) => key,
      limit: 10,
    });
  assert.equal(keysOf(await barren(MAX_PAGES_WITHOUT_NEWS, page("b"))), "ab");
  await assert.rejects(
    barren(MAX_PAGES_WITHOUT_NEWS + 1, page("b")),
    /make no progress after 1 item/,
  );
});

Deno.test("a page that fails fails the walk, with its own error", async () => {
  const failure = new ApiError("timeout", "Too slow");
  const failing = walkPages<Node>({
    page: (after) => after === null ? Promise.resolve(page("a", "1")) : Promise.reject(failure),
    key: ({ key }) => key,
    limit: 10,
  });
  await assert.rejects(failing, (error) => error === failure);
});

Deno.test("a limit ends the walk and tells how many, at least, it left out", async () => {
  const pages = { "": page("ab", "1"), "1": page("cd", "2"), "2": page("e") };
  const outcomes = [];
  for (const limit of [1, 2, 3, 4, 5, 6]) {
    const found = await walk(pages, limit);
    outcomes.push([limit, keysOf(found), found.omitted]);
  }
  assert.deepEqual(outcomes, [
    [1, "a", 2],
    [2, "ab", 1],
    [3, "abc", 2],
    [4, "abcd", 1],
    [5, "abcde", 0],
    [6, "abcde", 0],
  ]);
});

Deno.test("beyond the limit no page is asked for", async () => {
  // The page behind the cursor is not there: to ask for it would throw.
  assert.equal(keysOf(await walk({ "": page("ab", "1") }, 2)), "ab");
});

Deno.test("any list of distinct items is found whole, whatever the page size", async () => {
  const lists = fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(lists, fc.integer({ min: 1, max: 10 }), async (keys, size) => {
      const found = await walkPages({
        page(after) {
          const start = Number(after);
          const end = start + size;
          return Promise.resolve({
            nodes: keys.slice(start, end),
            endCursor: String(end),
            hasNextPage: end < keys.length,
          });
        },
        key: (key) => key,
        limit: 1000,
      });
      assert.deepEqual([...found.nodes.keys()], keys);
      assert.equal(found.omitted, 0);
    }),
  );
});

Deno.test("a cursor that comes again ends the walk though its page brings something new", async () => {
  let pages = 0;
  const turning = walkPages<Node>({
    page: () => Promise.resolve(page(String.fromCharCode(97 + pages++), "same")),
    key: ({ key }) => key,
    limit: 20,
  });
  await assert.rejects(turning, /make no progress after 2 items/);
  assert.equal(pages, 2);
});

/** Pages that lead anywhere: on, back, to themselves, to nowhere, with much or nothing new on them. */
const maze = fc.array(
  fc.record({
    keys: fc.string({ unit: fc.constantFrom(..."abcdefgh"), maxLength: 4 }),
    next: fc.option(fc.nat(5).map(String)),
    hasNextPage: fc.boolean(),
  }),
  { minLength: 6, maxLength: 6 },
);

Deno.test("wherever pages lead, a walk follows no cursor twice, and is whole or ends with a reason", async () => {
  await fc.assert(
    fc.asyncProperty(maze, fc.integer({ min: 1, max: 9 }), async (pages, limit) => {
      const followed: (string | null)[] = [];
      const seen = new Map<string, number>();
      let last = pages[0];
      const found = await walkPages<Node>({
        page(after) {
          followed.push(after);
          last = pages[Number(after)];
          const nodes = [...last?.keys ?? ""].map((key) => ({ key, version: followed.length }));
          for (const { key, version } of nodes) seen.set(key, version);
          const { next: endCursor = null, hasNextPage = false } = last ?? {};
          return Promise.resolve({ nodes, endCursor, hasNextPage });
        },
        key: ({ key }) => key,
        limit,
      }).catch((error) => {
        assert.ok(error instanceof ApiError && error.reason === "bad_response", String(error));
      });
      assert.equal(new Set(followed).size, followed.length, `followed ${followed}`);
      const next = last?.hasNextPage ? last.next : undefined;
      if (found === undefined) {
        assert.ok(next === null || followed.includes(next ?? ""), "given up without need");
        return;
      }
      const kept = [...found.nodes.values()].map(({ key, version }) => [key, version]);
      assert.deepEqual(kept, [...seen].slice(0, limit));
      assert.equal(found.omitted > 0, seen.size > limit || next !== undefined);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("a list that changes under way loses no more items than were taken out before the walk's place", async () => {
  const change = fc.option(fc.record({ at: fc.nat(30), comes: fc.boolean() }));
  const changes = fc.array(change, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(30),
      fc.integer({ min: 1, max: 7 }),
      changes,
      async (length, size, changes) => {
        const list = Array.from({ length }, (_, index) => `old ${index}`);
        const stayed = new Set(list);
        const coming = changes.values();
        let skipped = 0;
        const found = await walkPages({
          page(after) {
            const end = Number(after) + size;
            const nodes = list.slice(end - size, end);
            const hasNextPage = end < list.length;
            const change = coming.next().value ?? undefined;
            if (change?.comes) list.splice(change.at, 0, `new ${end}`);
            if (change?.comes === false) {
              for (const gone of list.splice(change.at, 1)) {
                stayed.delete(gone);
                if (change.at < end) skipped++;
              }
            }
            return Promise.resolve({ nodes, endCursor: String(end), hasNextPage });
          },
          key: (key) => key,
          limit: 1000,
        });
        const missing = stayed.difference(new Set(found.nodes.keys()));
        assert.ok(missing.size <= skipped, `${[...missing]} are missing`);
      },
    ),
    { numRuns: 500 },
  );
});
