import { configureLog } from "../../src/log.ts";

/** The log's lines since the capture began; dispose of it to silence the log again. */
export interface CapturedLog extends Disposable {
  readonly records: readonly string[];
  readonly text: string;
}

/** Catches the log instead of printing it: JSON at level info, or readable text with debug records. */
export function captureLog(options: { development?: boolean } = {}): CapturedLog {
  const records: string[] = [];
  const { development = false } = options;
  configureLog({ development, write: (line) => records.push(line) });
  return {
    records,
    get text() {
      return records.join("");
    },
    [Symbol.dispose]: () => configureLog({ development: false, write: () => {} }),
  };
}
