import type { Account } from "../../src/demo/api/account.ts";
import {
  type SimulatedApi,
  type SimulatedApiOptions,
  startSimulatedApi,
} from "../api/simulated_api.ts";
import { Program } from "./run_program.ts";

/** The program serving a simulated account that lives in this process. */
export interface ServedAccount extends AsyncDisposable {
  readonly demo: SimulatedApi;
  readonly program: Program;
}

/** Starts the simulated account, then `serve` for it on any free port. */
export function serveAccount(options: {
  account: Account;
  flags?: readonly string[];
  demo?: Partial<SimulatedApiOptions>;
  prepare?: (demo: SimulatedApi) => void;
  openFiles?: number;
}): ServedAccount {
  const { account, flags = [], openFiles } = options;
  const demo = startSimulatedApi({ account, ...options.demo });
  options.prepare?.(demo);
  const env = {
    API_ENDPOINT: demo.url,
    API_KEY_ID: demo.apiKey.id,
    API_KEY_SECRET: options.demo?.apiKeySecret ?? "demo-secret",
    LISTEN_ADDRESS: "127.0.0.1:0",
  };
  const program = new Program(["serve", ...flags], {
    env,
    ...(openFiles === undefined ? {} : { openFiles }),
  });
  return {
    demo,
    program,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await demo.close();
    },
  };
}
