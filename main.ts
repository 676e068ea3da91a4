import { exitProcess, processIo } from "./src/app/io.ts";
import { run } from "./src/app/run.ts";

await exitProcess(await run(Deno.args, processIo));
