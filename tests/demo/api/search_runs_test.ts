import assert from "node:assert/strict";
import { type Account, emptyAccount, plainRun, plainStack } from "../../../src/demo/api/account.ts";
import { startDemoServer } from "../../../src/demo/api/server.ts";
import { ask, logIn } from "./api_calls.ts";

const PAGE =
  "query Page($first:Int,$after:String,$offset:Int){searchRuns(input:{first:$first,after:$after},offset:$offset){edges{node{run{id},stack{id},isModule}},pageInfo{endCursor,hasNextPage},total}}";

const ONE =
  "query One($stack:ID!,$run:ID!){stack(id:$stack){run(id:$run){id,state,type,finished,driftDetection,needsApproval,createdAt,history{state,stateVersion,terminal,timestamp,username}}}}";

function accountOf(...ids: string[]): Account {
  return {
    ...emptyAccount(),
    stacks: [plainStack("a"), plainStack("b")],
    runs: ids.map((id) => plainRun(id, "a", ["QUEUED"])),
  };
}

/** The ids on a page, and the rest of the reply. */
function read(reply: unknown): { ids: string[]; text: string } {
  const text = JSON.stringify(reply);
  return { text, ids: [...text.matchAll(/"run":\{"id":"(\w+)"\}/g)].map(([, id = ""]) => id) };
}

Deno.test("searchRuns pages from the newest run on, by cursor or by offset", async () => {
  await using server = startDemoServer({ account: () => accountOf("r1", "r2", "r3") });
  const jwt = await logIn(server);
  const page = async (variables: Record<string, unknown>) =>
    read(await ask(server, { document: PAGE, variables, jwt }));
  const first = await page({ first: 2 });
  assert.deepEqual(first.ids, ["r3", "r2"]);
  assert.match(first.text, /"hasNextPage":true\},"total":3/);
  const [, after] = /"endCursor":"([^"]+)"/.exec(first.text) ?? [];
  const second = await page({ first: 2, after });
  assert.deepEqual(second.ids, ["r1"]);
  assert.match(second.text, /"hasNextPage":false/);
  assert.deepEqual((await page({ first: 2, offset: 1 })).ids, ["r2", "r1"]);
});

Deno.test("a page shifts when runs are created while it is read", async () => {
  const account = accountOf("r1", "r2", "r3");
  await using server = startDemoServer({ account: () => account });
  const jwt = await logIn(server);
  const first = read(await ask(server, { document: PAGE, variables: { first: 2 }, jwt }));
  const [, after] = /"endCursor":"([^"]+)"/.exec(first.text) ?? [];
  account.runs.push(plainRun("r4", "a", ["QUEUED"]));
  const second = await ask(server, { document: PAGE, variables: { first: 2, after }, jwt });
  assert.deepEqual(read(second).ids, ["r2", "r1"]);
});

Deno.test("a module's run has no stack, and without a token there are no runs", async () => {
  const account = accountOf("r1");
  account.runs.push({ ...plainRun("m1", "module", ["QUEUED"]), isModule: true, type: "TESTING" });
  await using server = startDemoServer({ account: () => account });
  const jwt = await logIn(server);
  const { text } = read(await ask(server, { document: PAGE, variables: {}, jwt }));
  assert.match(text, /"id":"m1"\},"stack":null,"isModule":true/);
  assert.match(text, /"id":"r1"\},"stack":\{"id":"a"\},"isModule":false/);
  const nothing = read(await ask(server, { document: PAGE, variables: {} }));
  assert.match(nothing.text, /"edges":\[\].*"total":0/);
});

Deno.test("a stack's run has its whole history, newest first; another stack's is not found", async () => {
  const account = accountOf();
  account.runs.push(plainRun("r1", "a", ["QUEUED", "PLANNING", "FAILED"]));
  await using server = startDemoServer({ account: () => account });
  const jwt = await logIn(server);
  const one = (stack: string) =>
    ask(server, { document: ONE, variables: { stack, run: "r1" }, jwt });
  const transition = (stateVersion: number, state: string, terminal = false) => {
    const timestamp = 1_700_000_000 + 10 * (stateVersion - 1);
    return { state, stateVersion, terminal, timestamp, username: null };
  };
  assert.deepEqual(await one("a"), {
    data: {
      stack: {
        run: {
          id: "r1",
          state: "FAILED",
          type: "TRACKED",
          finished: true,
          driftDetection: false,
          needsApproval: false,
          createdAt: 1_700_000_000,
          history: [
            transition(3, "FAILED", true),
            transition(2, "PLANNING"),
            transition(1, "QUEUED"),
          ],
        },
      },
    },
  });
  assert.match(JSON.stringify(await one("b")), /"message":"not found"/);
});
