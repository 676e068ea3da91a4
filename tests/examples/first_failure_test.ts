import { type Account, emptyAccount, plainRun, plainStack } from "../../src/demo/api/account.ts";
import { eventually } from "../support/eventually.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { onlyCollectors, startExporter } from "../support/start_exporter.ts";
import { startPrometheus } from "../support/start_prometheus.ts";
import { testWithPrometheus } from "../support/test_with_prometheus.ts";

const FAILED = 'spacelift_runs_total{state="FAILED", stack="STACK"}';
const SERVED = /^spacelift_runs_total\{.*stack="STACK",state="FAILED".*\} VALUE$/;

testWithPrometheus("runs: a stack's first failure is an increase", async (tools) => {
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
  /** Lets time pass, a second at a time, until the exporter serves a value, which Prometheus may lack. */
  const serves = async (stack: string, value: number) => {
    const line = new RegExp(
      SERVED.source.replace("STACK", stack).replace("VALUE", `${value}`),
      "m",
    );
    await eventually(
      async () => {
        await clock.advance(1_000);
        return line.test(await (await test.get()).text());
      },
      `The exporter never serves ${line}`,
    );
  };
  /** Waits until a query finds one series; time stands still meanwhile. */
  const finds = async (expression: string) => {
    const isFound = async () => (await prometheus.query(expression)).length === 1;
    await eventually(isFound, `It never comes to ${expression}`);
  };
  const failures = (stack: string) => FAILED.replace("STACK", stack);
  await eventually(() => test.peek("runs")?.data !== undefined, "No poll is done");

  // One run is seen under way before it fails, another one only when it has failed.
  await clock.advance(5_000);
  enter("seen", "QUEUED");
  await serves("seen", 0);
  await finds(failures("seen"));
  enter("seen", "FAILED");
  enter("sudden", "QUEUED");
  enter("sudden", "FAILED");
  await serves("sudden", 0);
  await finds(failures("sudden"));
  for (const stack of ["seen", "sudden"]) {
    await serves(stack, 1);
    await finds(`increase(${failures(stack)}[10m]) > 0`);
  }
});
