import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_PAGE_SIZE, type Page, page } from "../../../src/demo/api/page.ts";

Deno.test("a walk sees every entry exactly once, whatever the page size", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 350 }),
    fc.integer({ min: 1, max: MAX_PAGE_SIZE }),
    (length, first) => {
      const entries = Array.from({ length }, (_, index) => index);
      const seen: number[] = [];
      let after: string | null = null;
      let pages = 0;
      let more = true;
      while (more && pages <= length) {
        const { edges, pageInfo }: Page<number> = page(entries, { first, after });
        seen.push(...edges.map(({ node }) => node));
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
        pages++;
      }
      assert.deepEqual(seen, entries);
      assert.equal(pages, Math.max(1, Math.ceil(length / first)));
    },
  ));
});

Deno.test("a page is 50 entries unless asked, and never more than 100", () => {
  const entries = Array.from({ length: 300 }, () => "entry");
  const sizes = [null, 0, -5, 1, 100, 101, 100_000]
    .map((first) => page(entries, { first }).edges.length);
  assert.deepEqual(sizes, [50, 1, 1, 1, 100, 100, 100]);
});

Deno.test("a page behind the last entry is empty and the end", () => {
  const { pageInfo } = page(["only"], {});
  const beyond = page(["only"], { after: pageInfo.endCursor });
  assert.deepEqual(beyond, {
    edges: [],
    pageInfo: { endCursor: null, hasNextPage: false, hasPreviousPage: true },
  });
});

Deno.test("a cursor that was not given out is refused", () => {
  for (const after of ["7", "%%%", btoa("position:-1"), btoa("other:1")]) {
    assert.throws(() => page(["entry"], { after }), /invalid cursor/, after);
  }
});
