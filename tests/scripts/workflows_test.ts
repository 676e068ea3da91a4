import assert from "node:assert/strict";
import * as v from "valibot";
import { parse } from "yaml";

const ROOT = new URL("../../", import.meta.url);

const Workflow = v.looseObject({
  jobs: v.record(
    v.string(),
    v.looseObject({ steps: v.array(v.looseObject({ run: v.optional(v.string()) })) }),
  ),
});

for (const name of ["build", "release"]) {
  Deno.test(`workflows: ${name} checks what .ci/run checks, by running it`, async () => {
    const path = new URL(`.github/workflows/${name}.yml`, ROOT);
    const { jobs } = v.parse(Workflow, parse(await Deno.readTextFile(path)));
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
    assert.equal(runs.filter((run) => run === ".ci/run").length, 1);
    const others = runs.filter((run) => /\bdeno task (?:ok|test|check)(?!-)|prometheus/.test(run));
    assert.deepEqual(others, [], "these are a second definition of what is checked");
  });
}
