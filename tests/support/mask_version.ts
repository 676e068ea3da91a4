import { BUILD } from "../../src/version.ts";

/** A text as it is recorded: without the exporter's version, which each release changes. */
export function maskVersion(text: string): string {
  return text.replaceAll(BUILD.version, "<version>");
}
