import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "./secret.ts";

/** The header that carries the signature of a webhook's body. */
export const SIGNATURE_HEADER = "x-signature-256";

const SIGNATURE = /^sha256=([0-9a-f]{64})$/i;

/** The signature of a body, as the header carries it. */
export function signBody(body: Uint8Array, secret: Secret): string {
  return `sha256=${digest(body, secret).toString("hex")}`;
}

/** Whether a header has the form of a signature. */
export function isSignature(header: string | null): header is string {
  return header !== null && SIGNATURE.test(header);
}

/** Whether the signature matches the body, compared in constant time. */
export function isSignedWith(body: Uint8Array, header: string, secret: Secret): boolean {
  const [, hex = ""] = SIGNATURE.exec(header) ?? [];
  const given = Buffer.from(hex, "hex");
  const expected = digest(body, secret);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function digest(body: Uint8Array, secret: Secret): Buffer {
  return createHmac("sha256", secret.reveal()).update(body).digest();
}
