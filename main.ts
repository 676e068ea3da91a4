import { exitProcess, processIo } from "./src/cli/io.ts";
import { run } from "./src/cli/run.ts";

await exitProcess(await run(Deno.args, processIo));
