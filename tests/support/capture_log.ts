import { configureLog, type LogFormat, type LogLevel } from "../../src/log.ts";

/** The log's lines since the capture began; dispose of it to silence the log again. */
export interface CapturedLog extends Disposable {
  readonly records: readonly string[];
  readonly text: string;
}

/** Catches the log instead of printing it; by default JSON at level info. */
export function captureLog(options: { level?: LogLevel; format?: LogFormat } = {}): CapturedLog {
  const records: string[] = [];
  const { level = "info", format = "json" } = options;
  configureLog({ level, format, write: (line) => records.push(line) });
  return {
    records,
    get text() {
      return records.join("");
    },
    [Symbol.dispose]: () => configureLog({ level: "error", format: "json", write: () => {} }),
  };
}
