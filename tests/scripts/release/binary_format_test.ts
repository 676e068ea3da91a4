import assert from "node:assert/strict";
import { binaryFormat, checkBinary } from "../../../scripts/release/binary_format.ts";
import { findTarget, targetName, TARGETS } from "../../../scripts/release/targets.ts";

/** Beginnings of executable files, as far as they name a platform. */
const HEADS: Readonly<Record<string, Uint8Array>> = {
  "linux-amd64": elf(0x3e),
  "linux-arm64": elf(0xb7),
  "darwin-amd64": machO(0x0100_0007),
  "darwin-arm64": machO(0x0100_000c),
  "windows-amd64": pe(0x8664),
  "windows-arm64": pe(0xaa64),
};

for (const target of TARGETS) {
  const name = targetName(target);
  Deno.test(`binary_format: ${name} is known by its header`, () => {
    const head = HEADS[name];
    assert.ok(head, "there is no header for it");
    assert.deepEqual(binaryFormat(head), { os: target.os, arch: target.arch });
  });
}

Deno.test("binary_format: everything else is no executable of ours", () => {
  const cases = { empty: new Uint8Array(), text: new Uint8Array(64), riscv: elf(0xf3) };
  for (const [name, head] of Object.entries(cases)) {
    assert.equal(binaryFormat(head), undefined, name);
  }
});

Deno.test("binary_format: a binary for another platform or without the bundle is refused", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, elf(0x3e));
    const payload = new TextEncoder().encode("the bundle");
    await assert.rejects(checkBinary(path, findTarget("linux-arm64"), payload), {
      message: `The binary ${path} should be for linux-arm64, but is for linux-amd64`,
    });
    const target = findTarget("linux-amd64");
    await assert.rejects(checkBinary(path, target, payload), {
      message: `The binary ${path} does not hold the bundle`,
    });
    await Deno.writeFile(path, payload, { append: true });
    await checkBinary(path, target, payload);
  } finally {
    await Deno.remove(path);
  }
});

function elf(machine: number): Uint8Array {
  return head([[0, [0x7f, 0x45, 0x4c, 0x46]], [18, [machine, 0]]]);
}

function machO(machine: number): Uint8Array {
  return head([[0, [0xcf, 0xfa, 0xed, 0xfe]], [4, [machine & 0xff, 0, 0, machine >> 24]]]);
}

function pe(machine: number): Uint8Array {
  const at = 80;
  return head([
    [0, [0x4d, 0x5a]],
    [60, [at]],
    [at, [0x50, 0x45, 0, 0, machine & 0xff, machine >> 8]],
  ]);
}

function head(parts: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  const bytes = new Uint8Array(256);
  for (const [offset, values] of parts) bytes.set(values, offset);
  return bytes;
}
