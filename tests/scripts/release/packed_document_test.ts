import assert from "node:assert/strict";
import { OWNER } from "../../../scripts/owner.ts";
import { packedDocument } from "../../../scripts/release/packed_document.ts";

const TAG = `https://github.com/${OWNER}/spacelift-promex`;

Deno.test("packed documents: links and pictures lead to the version's tag", () => {
  const text = [
    "See [Install](docs/install.md#binary), [rules](examples/rules.yaml), ![a](examples/a.png) and",
    '<a href="examples/a.png"><img src="examples/a.png"></a>.',
  ].join("\n");
  const packed = [
    `See [Install](${TAG}/blob/v1.2.3/docs/install.md#binary), ` +
    `[rules](${TAG}/blob/v1.2.3/examples/rules.yaml), ![a](${TAG}/raw/v1.2.3/examples/a.png) and`,
    `<a href="${TAG}/blob/v1.2.3/examples/a.png"><img src="${TAG}/raw/v1.2.3/examples/a.png"></a>.`,
  ].join("\n");
  assert.equal(packedDocument(text, "1.2.3"), packed);
});

Deno.test("packed documents: addresses, headings and code stay as they are", () => {
  const text = "[a](https://a.example/b) [c](#c) <http://localhost:9953>\n```shell\n[x](y)\n```\n";
  assert.equal(packedDocument(text, "1.2.3"), text);
});

Deno.test("packed documents: the README and the changelog name no file of the repository", async () => {
  for (const [path, atLeast] of [["README.md", 20], ["CHANGELOG.md", 0]] as const) {
    const text = await Deno.readTextFile(new URL(`../../../${path}`, import.meta.url));
    const prose = packedDocument(text, "1.2.3").replaceAll(/^```[^]*?^```/gm, "");
    const targets = [...prose.matchAll(/\]\(([^)]+)\)|(?:href|src)="([^"]+)"/g)]
      .map(([, link = "", attribute = ""]) => link || attribute);
    assert.deepEqual(targets.filter((target) => !/^(?:https?:|#)/.test(target)), [], path);
    assert.ok(targets.filter((target) => target.includes("/v1.2.3/")).length >= atLeast, path);
  }
});
