/** Tries what the exporter may not do: compiled like the exporter, it prints how each try ended. */
const TRIES: Readonly<Record<string, () => unknown>> = {
  "write a file after giving up writing": async () => {
    await Deno.permissions.revoke({ name: "write" });
    await Deno.writeTextFile("/tmp/spacelift-promex-probe", "");
  },
  "start a process": () => new Deno.Command("/bin/true").output(),
  "read another environment variable": () => {
    if (Deno.env.get("PATH") === undefined) throw new Deno.errors.NotCapable();
  },
  "ask for the host's name": () => Deno.hostname(),
  "load a library": () => Deno.dlopen("libc.so.6", {}),
  "read the memory of processes": () => Deno.readFile("/proc/self/mem"),
  "read a file after giving up reading": async () => {
    await Deno.permissions.revoke({ name: "read" });
    await Deno.readFile("/etc/passwd");
  },
};

for (const [name, attempt] of Object.entries(TRIES)) {
  const outcome = await Promise.resolve().then(attempt).then(
    () => "allowed",
    (error) => error instanceof Error ? error.name : String(error),
  );
  Deno.stdout.writeSync(new TextEncoder().encode(`${name}\t${outcome}\n`));
}
