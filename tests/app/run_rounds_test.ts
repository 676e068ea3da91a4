import assert from "node:assert/strict";
import { runRounds } from "../../src/app/run_rounds.ts";
import { sleep } from "../../src/clock.ts";
import { ApiError } from "../../src/spacelift/api_error.ts";
import { FakeClock } from "../support/fake_clock.ts";

const SILENCE = 60_000;

const schedule = {
  claims: [],
  interval: 1,
  maxStaleness: undefined,
  maxStalenessFlag: "--stacks-max-staleness",
};

/** Runs rounds that get a good answer at these times, and end a second after the last of them. */
async function endsOf(rounds: readonly (readonly number[])[]): Promise<string[]> {
  const clock = new FakeClock();
  const requests = { lastAnswer: -Infinity };
  const ends: string[] = [];
  const inBackground = rounds.map((answers) => ({
    schedule,
    async round(signal: AbortSignal) {
      const started = clock.monotonic();
      try {
        for (const at of answers) {
          await sleep(clock, started + 1000 * at - clock.monotonic(), signal);
          requests.lastAnswer = clock.monotonic();
        }
        await sleep(clock, 1000, signal);
        ends.push("well");
        return undefined;
      } catch (error) {
        assert.ok(error instanceof ApiError);
        ends.push(`${error.reason}: ${error.message}`);
        return error;
      }
    },
  }));
  const { signal } = new AbortController();
  const running = runRounds({ inBackground, requests }, { clock, silence: SILENCE, signal });
  await clock.advance(3600_000);
  await running;
  assert.equal(clock.pending, 0, "it goes on watching");
  return ends;
}

Deno.test("a round goes on for as long as good answers arrive", async () => {
  const minutes = Array.from({ length: 20 }, (_, index) => 55 * index);
  assert.deepEqual(await endsOf([minutes]), ["well"]);
});

Deno.test("a round without good answers is given up, and the next one has its own time", async () => {
  const gaveUp = "timeout: The API gave no good answer within 1m";
  assert.deepEqual(await endsOf([[0, 600], [50]]), [gaveUp, "well"]);
});
