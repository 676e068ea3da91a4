import { type Browser, chromium } from "playwright-core";

/** Where Debian and Ubuntu put Chromium. */
export const CHROMIUM = "/usr/bin/chromium";

/** Starts Chromium without a window, and without anything that it does on the network by itself. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
