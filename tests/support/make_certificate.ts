import { runTool } from "./run_tool.ts";
import { tempFolder } from "./temp_folder.ts";

/** A new certificate for localhost that signs itself, as an authority's if so asked, and its key. */
export async function makeCertificate(
  options: { days?: number; name?: string; authority?: boolean } = {},
): Promise<{ cert: string; key: string }> {
  const { days = 2, name = "localhost", authority = false } = options;
  const extensions = "subjectAltName=DNS:localhost\n" +
    (authority ? "basicConstraints=critical,CA:TRUE\n" : "");
  await using folder = await tempFolder({ extensions });
  const path = (file: string) => new URL(file, folder.url).pathname;
  await openssl(
    ..."req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" "),
    ...["-subj", `/CN=${name}`, "-keyout", path("key"), "-out", path("request")],
  );
  await openssl(
    ...["x509", "-req", "-in", path("request"), "-signkey", path("key"), "-days", String(days)],
    ...["-extfile", path("extensions"), "-out", path("certificate")],
  );
  return {
    cert: await Deno.readTextFile(path("certificate")),
    key: await Deno.readTextFile(path("key")),
  };
}

async function openssl(...args: string[]): Promise<void> {
  const { code, stderr } = await runTool("openssl", args);
  if (code !== 0) throw new Error(stderr);
}
