/**
 * Builds everything that a release consists of into `dist/`, and publishes nothing.
 *
 *     deno task snapshot [--target linux-amd64]... [--all]
 *     deno task release
 *
 * A snapshot needs no tag, and leaves out targets whose base Deno cannot fetch here unless `--all`
 * is given. A release needs a clean, tagged working tree, every target, and Deno's own bases.
 */
import { parseArgs } from "node:util";
import { completionScript, SHELLS } from "../src/cli/completion.ts";
import { type ArchiveFile, packTarGz, packZip } from "./release/archive.ts";
import { checkBinary } from "./release/binary_format.ts";
import { bundle } from "./release/bundle.ts";
import { checkRelease } from "./check_release.ts";
import { checksumLines } from "./release/checksum.ts";
import { BaseUnavailableError, compile, compilerFor } from "./release/compile.ts";
import { packedDocument } from "./release/packed_document.ts";
import { releaseNotes } from "./release/release_notes.ts";
import { readRevision, type Revision } from "./release/revision.ts";
import { checkSbom, createSbom } from "./release/sbom.ts";
import { say } from "./say.ts";
import { sign } from "./release/sign.ts";
import {
  archiveName,
  binaryName,
  findTarget,
  type Target,
  targetName,
  TARGETS,
} from "./release/targets.ts";

const DIST = "dist";

const PROGRAM = "spacelift-promex";

const DOCUMENTS = ["LICENSE", "README.md", "CHANGELOG.md"];

const { values: options } = parseArgs({
  options: {
    snapshot: { type: "boolean", default: false },
    target: { type: "string", multiple: true },
    all: { type: "boolean", default: false },
  },
});
Deno.exit(options.snapshot ? await snapshot() : await release());

async function snapshot(): Promise<number> {
  const targets = options.target?.map(findTarget) ?? TARGETS;
  const missing = await buildRelease(targets);
  if (missing.length > 0) say(`Not built: ${missing.map(targetName).join(", ")}`);
  if (missing.length === targets.length) {
    say("Nothing was built: no base could be had, set DENORT_BIN to one of this Deno's version");
    return 1;
  }
  return options.all && missing.length > 0 ? 1 : 0;
}

async function release(): Promise<number> {
  if (Deno.env.get("DENORT_BIN") !== undefined || Deno.env.get("DENO") !== undefined) {
    throw new Error("Cannot make a release with DENORT_BIN or DENO set: unset them");
  }
  if (await checkRelease({ tagged: true }) > 0) return 1;
  const missing = await buildRelease(TARGETS);
  if (missing.length > 0) throw new Error("Cannot make a release without all targets");
  return 0;
}

/**
 * Builds the targets and the files that accompany them, and returns those whose base is
 * unavailable.
 */
async function buildRelease(targets: readonly Target[]): Promise<readonly Target[]> {
  await Deno.remove(DIST, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(DIST);
  const revision = await readRevision();
  const { version, commit, time } = revision;
  say(`Building ${version}, commit ${commit}, files dated ${new Date(time * 1000).toISOString()}`);
  const { path: script, packages } = await bundle(revision, `${DIST}/bundle`);
  const missing: Target[] = [];
  const assets: string[] = [];
  for (const target of targets) {
    try {
      assets.push(await buildArchive(script, target, revision));
    } catch (error) {
      if (!(error instanceof BaseUnavailableError)) throw error;
      say(error.message);
      missing.push(target);
    }
  }
  const prefix = `spacelift-promex_${version}`;
  const lock = await Deno.readTextFile("deno.lock");
  const sbom = await createSbom({ revision, denoVersion: Deno.version.deno, packages, lock });
  await checkSbom(sbom);
  await Deno.writeTextFile(`${DIST}/${prefix}_sbom.cdx.json`, sbom);
  const notes = releaseNotes(await Deno.readTextFile("CHANGELOG.md"), version);
  await Deno.writeTextFile(`${DIST}/release-notes.md`, notes);
  const checksums = `${DIST}/${prefix}_SHA256SUMS`;
  const lines = await checksumLines(DIST, [...assets, `${prefix}_sbom.cdx.json`]);
  await Deno.writeTextFile(checksums, lines);
  say(lines.trimEnd());
  const signatures = await sign(checksums);
  say(
    signatures.length > 0
      ? `Signed: ${signatures.join(", ")}`
      : "Not signed: neither GPG_FINGERPRINT nor COSIGN_PRIVATE_KEY is set",
  );
  return missing;
}

/** Compiles, checks and packs one target, and returns the archive's name. */
async function buildArchive(script: string, target: Target, revision: Revision): Promise<string> {
  const compiler = await compilerFor(target);
  const directory = `${DIST}/${targetName(target)}`;
  const binary = await compile(script, { target, compiler, directory });
  await checkBinary(binary, target, await Deno.readFile(script));
  const files: ArchiveFile[] = [
    { name: binaryName(target), body: await Deno.readFile(binary), isExecutable: true },
  ];
  const addText = (name: string, text: string) =>
    files.push({ name, body: new TextEncoder().encode(text), isExecutable: false });
  for (const name of DOCUMENTS) {
    addText(name, packedDocument(await Deno.readTextFile(name), revision.version));
  }
  for (const shell of SHELLS) addText(`completions/${PROGRAM}.${shell}`, completionScript(shell));
  const name = archiveName(target, revision.version);
  const pack = name.endsWith(".zip") ? packZip : packTarGz;
  await Deno.writeFile(`${DIST}/${name}`, await pack(files, revision.time));
  say(`Built ${name} (${compiler.description})`);
  return name;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
