import assert from "node:assert/strict";
import { SharedTask } from "../src/shared_task.ts";
import { CountingSignal } from "./support/counting_signal.ts";

const SIGNAL = new AbortController().signal;

/** A task whose runs end when the test says so. */
function controlled() {
  const runs: {
    signal: AbortSignal;
    resolve: (value: string) => void;
    reject: (e: Error) => void;
  }[] = [];
  const task = new SharedTask<string>((signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    runs.push({ signal, resolve, reject });
    return promise;
  });
  return { task, runs };
}

Deno.test("a shared task runs once for all who ask meanwhile, and anew for who comes later", async () => {
  const { task, runs } = controlled();
  const joined = [task.join(SIGNAL), task.join(SIGNAL), task.join(SIGNAL)];
  runs[0]?.resolve("first");
  assert.deepEqual(await Promise.all(joined), ["first", "first", "first"]);
  assert.equal(runs.length, 1);
  const later = task.join(SIGNAL);
  runs[1]?.resolve("second");
  assert.equal(await later, "second");
});

Deno.test("a shared task gives its error to all who joined, and does not remember it", async () => {
  const { task, runs } = controlled();
  const joined = [task.join(SIGNAL), task.join(SIGNAL)];
  runs[0]?.reject(new Error("broken"));
  for (const one of joined) await assert.rejects(one, /broken/);
  const later = task.join(SIGNAL);
  runs[1]?.resolve("mended");
  assert.equal(await later, "mended");
});

Deno.test("who leaves a shared task gets its own reason, and the others the result", async () => {
  const { task, runs } = controlled();
  const leaving = new AbortController();
  const left = task.join(leaving.signal);
  const stayed = task.join(SIGNAL);
  leaving.abort(new Error("in a hurry"));
  await assert.rejects(left, /in a hurry/);
  assert.equal(runs[0]?.signal.aborted, false, "cut short though somebody waits");
  runs[0]?.resolve("result");
  assert.equal(await stayed, "result");
});

Deno.test("a shared task is aborted when the last one has left, with the last one's reason", async () => {
  const { task, runs } = controlled();
  const [first, last] = [new AbortController(), new AbortController()];
  const firstLeft = task.join(first.signal);
  const lastLeft = task.join(last.signal);
  first.abort(new Error("first"));
  await assert.rejects(firstLeft, /first/);
  last.abort(new Error("last"));
  await assert.rejects(lastLeft, /last/);
  assert.match(String(runs[0]?.signal.reason), /last/);
});

Deno.test("who asks after everyone has left starts anew and does not get the old result", async () => {
  const { task, runs } = controlled();
  const leaving = new AbortController();
  const left = task.join(leaving.signal);
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  const later = task.join(SIGNAL);
  assert.equal(runs.length, 2);
  runs[0]?.reject(new Error("aborted"));
  runs[1]?.resolve("new");
  assert.equal(await later, "new");
});

Deno.test("the end of an abandoned run does not end the run that follows it", async () => {
  const { task, runs } = controlled();
  const leaving = new AbortController();
  const left = task.join(leaving.signal);
  leaving.abort();
  await assert.rejects(left);
  const second = task.join(SIGNAL);
  runs[0]?.resolve("old");
  await new Promise((resolve) => setTimeout(resolve, 0));
  const third = task.join(SIGNAL);
  assert.equal(runs.length, 2, "a third run was started beside the second");
  runs[1]?.resolve("new");
  assert.deepEqual(await Promise.all([second, third]), ["new", "new"]);
});

Deno.test("who comes with an aborted signal starts nothing", async () => {
  const { task, runs } = controlled();
  await assert.rejects(task.join(AbortSignal.abort(new Error("too late"))), /too late/);
  assert.equal(runs.length, 0);
});

Deno.test("a shared task leaves no listener on the signal of whoever joined it", async () => {
  const { task, runs } = controlled();
  const long = new CountingSignal();
  const joined = Array.from({ length: 100 }, () => task.join(long.signal));
  assert.equal(long.listeners, 100);
  runs[0]?.resolve("done");
  await Promise.all(joined);
  assert.equal(long.listeners, 0, "after a success");
  const failed = task.join(long.signal);
  runs[1]?.reject(new Error("broken"));
  await assert.rejects(failed, /broken/);
  assert.equal(long.listeners, 0, "after a failure");
});
