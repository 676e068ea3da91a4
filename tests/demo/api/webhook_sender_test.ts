import assert from "node:assert/strict";
import { plainRun } from "../../../src/demo/api/account.ts";
import { WebhookSender } from "../../../src/demo/api/webhook_sender.ts";
import { Random } from "../../../src/demo/life/random.ts";
import { Secret } from "../../../src/secret.ts";
import { isSignedWith } from "../../../src/webhook_signature.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { startTestServer } from "../../support/start_test_server.ts";

const SECRET = new Secret("demo-secret");
const SENT = 200;

/** The runs of which a receiver hears, in order, when each of so many has changed once. */
async function receive(
  trouble: Random | undefined,
  { count = SENT, status = 200 } = {},
): Promise<number[]> {
  const received: number[] = [];
  await using server = startTestServer(async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const signature = request.headers.get("x-signature-256") ?? "";
    assert.ok(isSignedWith(body, signature, SECRET), "it is not signed");
    received.push(Number(JSON.parse(new TextDecoder().decode(body)).run.id));
    return new Response(null, { status });
  });
  const clock = new FakeClock();
  const url = new URL(`http://127.0.0.1:${server.port}/webhook`);
  const secret = () => Promise.resolve(SECRET);
  await using sender = new WebhookSender({ url, secret, clock, trouble });
  for (let n = 0; n < count; n++) sender.send(plainRun(String(n), "a", ["QUEUED"]), undefined);
  let isSending = true;
  const sent = sender.sent().then(() => isSending = false);
  while (isSending) await clock.advance(1000);
  await sent;
  return received;
}

Deno.test("webhook sender: each delivery comes once, in order", async () => {
  assert.deepEqual(await receive(undefined), Array.from({ length: SENT }, (_, n) => n));
});

Deno.test("webhook sender: in trouble deliveries are lost, come twice, and overtake each other", async () => {
  const received = await receive(new Random(1));
  const once = new Set(received);
  assert.ok(once.size < SENT - 5 && once.size > SENT / 2, `${once.size} arrived`);
  assert.ok(received.length > once.size + 10, "too few came twice");
  const overtaken = received.filter((n, index) => n < (received[index - 1] ?? -1));
  assert.ok(overtaken.length > 10, `${overtaken.length} were overtaken`);
  assert.ok(received.some((n, index) => n === received[index - 1]), "none was tried again");
  assert.deepEqual(await receive(new Random(1)), received, "the seed does not repeat it");
  assert.notDeepEqual(await receive(new Random(2)), received);
});

Deno.test("webhook sender: what the receiver cannot take is tried four times", async () => {
  const received = await receive(undefined, { count: 3, status: 503 });
  assert.deepEqual(received, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
});
