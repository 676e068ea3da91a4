import assert from "node:assert/strict";
import { allFail, delivers, type FaultRow, SECRET_CANARY } from "./fault_row.ts";
import type { Stage } from "./stage.ts";

const UNREADABLE = /^Cannot read the API key's secret: Cannot (read|use) --api-key-secret-file /;

/** What befalls the file with the secret while the exporter runs and needs it again. */
export const SECRET_FILE_FAULTS: readonly FaultRow[] = [
  {
    name: "replaced along with the key's secret",
    stage: { secretFile: true },
    before: changing(async ({ secretFile, demo }) => {
      await Deno.writeTextFile(secretFile, "a new secret\n");
      demo.apiKey.setSecret("a new secret");
    }),
    outcome: delivers(),
  },
  {
    name: "replaced before the key's secret",
    stage: { secretFile: true },
    before: changing(({ secretFile }) => Deno.writeTextFile(secretFile, "a new secret\n")),
    outcome: allFail("unauthorized", /does not accept the API key/),
    after: recovers,
  },
  unusable("emptied", ({ secretFile }) => Deno.writeTextFile(secretFile, "")),
  unusable("blank", ({ secretFile }) => Deno.writeTextFile(secretFile, " \n\n")),
  unusable("two lines", ({ secretFile }) => Deno.writeTextFile(secretFile, "a\nb\n")),
  unusable(
    "bytes that are no text",
    ({ secretFile }) => Deno.writeFile(secretFile, Uint8Array.of(0xff, 0xfe, 0x00)),
  ),
  unusable(
    "larger than 64 KiB",
    ({ secretFile }) => Deno.writeTextFile(secretFile, "a".repeat(65 * 1024)),
  ),
  unusable("removed", ({ secretFile }) => Deno.remove(secretFile)),
  unusable("a directory in its place", async ({ secretFile }) => {
    await Deno.remove(secretFile);
    await Deno.mkdir(secretFile);
  }),
  {
    name: "removed while the token is valid",
    stage: { secretFile: true },
    async before(stage) {
      await stage.scrape();
      await Deno.remove(stage.secretFile);
    },
    outcome: delivers(),
  },
];

function unusable(name: string, change: (stage: Stage) => Promise<void>): FaultRow {
  return {
    name,
    stage: { secretFile: true },
    before: changing(change),
    outcome: allFail("unauthorized", UNREADABLE),
    after: recovers,
  };
}

/** Changes the file after a good scrape, and makes a new exchange due. */
function changing(change: (stage: Stage) => Promise<void>): (stage: Stage) => Promise<void> {
  return async (stage) => {
    assert.equal((await stage.scrape()).status, 200);
    await change(stage);
    stage.demo.apiKey.revokeTokens();
  };
}

async function recovers(stage: Stage): Promise<void> {
  await Deno.remove(stage.secretFile, { recursive: true }).catch(() => {});
  await Deno.writeTextFile(stage.secretFile, SECRET_CANARY);
  assert.equal((await stage.scrape()).status, 200, "The restored file was not read");
}
