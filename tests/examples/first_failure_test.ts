import { type Account, emptyAccount, plainRun, plainStack } from "../../src/demo/api/account.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";
import { type Prometheus, startPrometheus } from "../support/start_prometheus.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";

const FAILED = 'spacelift_runs_total{state="FAILED", stack="STACK"}';

await testWithPrometheus("runs: a stack's first failure is an increase", async (tools) => {
  const clock = new FakeClock();
  const now = () => Math.floor(clock.wall() / 1000);
  const account: Account = {
    ...emptyAccount(),
    stacks: [plainStack("seen"), plainStack("sudden")],
  };
  await using test = startExporter({
    account,
    clock,
    background: true,
    flags: onlyCollectors("runs"),
  });
  const target = `127.0.0.1:${test.listen()}`;
  await using prometheus = await startPrometheus(tools, { targets: { spacelift: target } });
  const enter = (stack: string, state: string) => {
    let run = account.runs.find(({ stackId }) => stackId === stack);
    if (run === undefined) {
      run = { ...plainRun(`run of ${stack}`, stack, []), createdAt: now() };
      account.runs.push(run);
    }
    run.history.push({ state, terminal: state === "FAILED", timestamp: now(), username: null });
  };
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");

  // One run is seen under way before it fails, another one only when it has failed.
  await clock.advance(5_000);
  enter("seen", "QUEUED");
  await clock.advance(40_000);
  await scraped(prometheus, "seen");
  enter("seen", "FAILED");
  enter("sudden", "QUEUED");
  enter("sudden", "FAILED");
  await clock.advance(40_000);
  await scraped(prometheus, "sudden");
  await clock.advance(100_000);
  for (const stack of ["seen", "sudden"]) {
    const expression = `increase(${FAILED.replace("STACK", stack)}[10m]) > 0`;
    await eventually(
      async () => (await prometheus.query(expression)).length === 1,
      `It never comes to ${expression}`,
      20_000,
    );
  }
});

/** Waits until the counter of a stack's failures has been scraped. */
async function scraped(prometheus: Prometheus, stack: string): Promise<void> {
  const expression = FAILED.replace("STACK", stack);
  const find = async () => (await prometheus.query(expression)).length === 1;
  await eventually(find, `There is no ${expression}`, 20_000);
}
