import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { BasicAuth, type Compare } from "../../src/http/basic_auth.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

const MINUTE = 60_000;

/** Two users; the hash of the second costs more. */
const USERS = new Map([
  ["alice", bcrypt.hashSync("open sesame", 4)],
  ["\u00e9ve", bcrypt.hashSync("p\u00e4ss:word", 5)],
]);

function basic(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Compares for real, takes 100 ms by the clock, and keeps what it was asked. */
function counting(clock: FakeClock) {
  const hashes: string[] = [];
  let atOnce = 0;
  let most = 0;
  const compare: Compare = async (password, hash) => {
    hashes.push(hash);
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => void clock.after(100, resolve));
    atOnce--;
    return bcrypt.compareSync(password, hash);
  };
  return { auth: new BasicAuth(USERS, clock, compare), hashes, most: () => most };
}

Deno.test("BasicAuth accepts a user's own password, colons and accents included", async () => {
  const auth = new BasicAuth(USERS, new FakeClock());
  assert.equal(await auth.check(basic("alice", "open sesame")), "accepted");
  assert.equal(await auth.check(basic("\u00e9ve", "p\u00e4ss:word")), "accepted");
  assert.equal(
    await auth.check(basic("alice", "open sesame").replace("Basic", "basic ")),
    "accepted",
  );
});

for (
  const [name, header] of [
    ["no header", null],
    ["an empty header", ""],
    ["another scheme", "Bearer YWxpY2U6b3BlbiBzZXNhbWU="],
    ["no base64", "Basic ?"],
    ["a name alone", `Basic ${btoa("alice")}`],
    ["bytes that are no text", `Basic ${btoa("alice:\xff")}`],
  ] as const
) {
  Deno.test(`BasicAuth refuses ${name} without a hash being worked out`, async () => {
    const { auth, hashes } = counting(new FakeClock());
    assert.equal(await auth.check(header), "refused");
    assert.deepEqual(hashes, []);
  });
}

Deno.test("BasicAuth refuses wrong passwords and unknown users at the same cost", async () => {
  const clock = new FakeClock();
  const { auth, hashes } = counting(clock);
  const verdicts = Promise.all([
    auth.check(basic("alice", "p\u00e4ss:word")),
    auth.check(basic("nobody", "open sesame")),
    auth.check(basic("nobody", "p\u00e4ss:word")),
    auth.check(basic("alice", "")),
  ]);
  for (let step = 0; step < 20; step++) await clock.advance(100);
  assert.deepEqual(await verdicts, ["refused", "refused", "refused", "refused"]);
  assert.equal(hashes.length, 4);
  const dearest = USERS.get("\u00e9ve");
  assert.deepEqual(hashes.slice(1, 3), [dearest, dearest]);
});

Deno.test("BasicAuth remembers a good password while it is used, and no wrong one", async () => {
  const clock = new FakeClock();
  const { auth, hashes } = counting(clock);
  const check = async (password: string) => {
    const verdict = auth.check(basic("alice", password));
    await settle();
    await clock.advance(200);
    return await verdict;
  };
  assert.equal(await check("open sesame"), "accepted");
  for (let scrape = 0; scrape < 10; scrape++) {
    await clock.advance(4 * MINUTE);
    assert.equal(await check("open sesame"), "accepted");
  }
  assert.equal(hashes.length, 1);
  assert.equal(await check("wrong"), "refused");
  assert.equal(await check("wrong"), "refused");
  assert.equal(hashes.length, 3);
  await clock.advance(6 * MINUTE);
  assert.equal(await check("open sesame"), "accepted");
  assert.equal(hashes.length, 4);
});

Deno.test("BasicAuth works out one hash at a time, with a pause after each in vain", async () => {
  const clock = new FakeClock();
  const { auth, hashes, most } = counting(clock);
  const header = basic("alice", "open sesame");
  const good = auth.check(header);
  await settle();
  await clock.advance(100);
  assert.equal(await good, "accepted");
  const verdicts = Array.from({ length: 30 }, (_, index) => auth.check(basic("alice", `${index}`)));
  await settle();
  // Who is known already does not wait for those who guess.
  assert.equal(await auth.check(header), "accepted");
  await clock.advance(950);
  assert.equal(hashes.length, 6, "more than every other 100 ms was spent on guesses");
  for (let step = 0; step < 20; step++) await clock.advance(100);
  const all = await Promise.all(verdicts);
  assert.equal(all.filter((verdict) => verdict === "refused").length, 10);
  assert.equal(all.filter((verdict) => verdict === "busy").length, 20);
  assert.equal(most(), 1);
});

Deno.test("BasicAuth verifies the same password once for all who send it at once", async () => {
  const clock = new FakeClock();
  const { auth, hashes } = counting(clock);
  const verdicts = Promise.all(
    Array.from({ length: 50 }, () => auth.check(basic("alice", "open sesame"))),
  );
  await settle();
  await clock.advance(100);
  assert.deepEqual(new Set(await verdicts), new Set(["accepted"]));
  assert.equal(hashes.length, 1);
});
