import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import * as v from "valibot";
import { sha256 } from "./checksum.ts";
import type { Revision } from "./revision.ts";
import type { BundledPackage } from "./source_map.ts";

const Lock = v.object({
  npm: v.record(
    v.string(),
    v.object({ integrity: v.string(), dependencies: v.optional(v.array(v.string()), []) }),
  ),
});

interface LockedPackage {
  /** SHA-512 in hexadecimal digits. */
  readonly hash: string;
  /** Names. */
  readonly dependencies: readonly string[];
}

/** What an SBOM is written from. */
export interface SbomInput {
  readonly revision: Revision;
  /** The Deno that releases are compiled with. */
  readonly denoVersion: string;
  readonly packages: readonly BundledPackage[];
  /** The text of deno.lock. */
  readonly lock: string;
}

/** The bill of materials of a release, as CycloneDX 1.6 in JSON. */
export async function createSbom(input: SbomInput): Promise<string> {
  const { revision, denoVersion, packages } = input;
  const locked = readLock(input.lock);
  const purls = new Map(packages.map(({ name, version }) => [name, npmPurl(name, version)]));
  const exporter = `pkg:generic/spacelift-promex@${revision.version}`;
  const deno = `pkg:cargo/deno@${denoVersion}`;
  const components = packages.map(({ name, version, license }) => {
    const { hash } = lockedPackage(locked, name, version);
    const purl = npmPurl(name, version);
    const hashes = [{ alg: "SHA-512", content: hash }];
    return {
      type: "library",
      "bom-ref": purl,
      name,
      version,
      hashes,
      licenses: [{ expression: license }],
      purl,
    };
  });
  const dependencies = packages.map(({ name, version }) => ({
    ref: npmPurl(name, version),
    dependsOn: lockedPackage(locked, name, version).dependencies
      .flatMap((dependency) => purls.get(dependency) ?? []),
  }));
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: await serialNumber(`${exporter} ${revision.commit}`),
    version: 1,
    metadata: {
      timestamp: new Date(revision.time * 1000).toISOString(),
      component: {
        type: "application",
        "bom-ref": exporter,
        name: "spacelift-promex",
        version: revision.version,
        licenses: [{ expression: "MIT" }],
        purl: exporter,
        properties: [{ name: "commit", value: revision.commit }],
      },
    },
    components: [{
      // Scanners pass over the type "platform" and over addresses at GitHub. They know Deno as the
      // crate that it is, and its vulnerabilities by either name.
      type: "application",
      "bom-ref": deno,
      name: "deno",
      version: denoVersion,
      cpe: `cpe:2.3:a:deno:deno:${denoVersion}:*:*:*:*:*:*:*`,
      licenses: [{ expression: "MIT" }],
      purl: deno,
    }, ...components],
    dependencies: [{ ref: exporter, dependsOn: [deno, ...purls.values()] }, ...dependencies],
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

/** Throws unless a text is CycloneDX 1.6 by its schema. */
export async function checkSbom(text: string): Promise<void> {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
  const problems = await validator.validate(text);
  if (problems !== null) throw new Error(`The SBOM is wrong: ${JSON.stringify(problems)}`);
}

/** The lock's packages by `name@version`, without the peers that follow the version. */
function readLock(text: string): Map<string, LockedPackage> {
  const { npm } = v.parse(Lock, JSON.parse(text));
  return new Map(
    Object.entries(npm).map(([key, { integrity, dependencies }]) => [
      key.replace(/(?<=.@[^_]*)_.*$/, ""),
      {
        hash: Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex(),
        dependencies: dependencies.map((name) => name.replace(/(?<=.)@.*$/, "")),
      },
    ]),
  );
}

function lockedPackage(
  locked: ReadonlyMap<string, LockedPackage>,
  name: string,
  version: string,
): LockedPackage {
  const found = locked.get(`${name}@${version}`);
  if (found === undefined) {
    throw new Error(`The bundle holds ${name}@${version}, deno.lock does not`);
  }
  return found;
}

function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** A UUID that depends on nothing but the text. */
async function serialNumber(text: string): Promise<string> {
  const hash = await sha256(new TextEncoder().encode(text));
  const [a, b, c, d, e] = [[0, 8], [8, 12], [13, 16], [17, 20], [20, 32]].map(([from, to]) =>
    hash.slice(from, to)
  );
  return `urn:uuid:${a}-${b}-8${c}-8${d}-${e}`;
}
