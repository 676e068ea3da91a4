import { configureSync, getLogger, type LogRecord } from "@logtape/logtape";

/** The exporter's log; silent until `configureLog` says where it goes. */
export const log = getLogger("spacelift-promex");

/** Sends the log to `write`, one line a record: JSON, or readable text with debug records. */
export function configureLog(options: {
  development: boolean;
  write: (line: string) => void;
}): void {
  const format = options.development ? formatText : formatJson;
  configureSync({
    reset: true,
    sinks: { out: (record) => options.write(format(record) + "\n") },
    loggers: [
      {
        category: "spacelift-promex",
        lowestLevel: options.development ? "debug" : "info",
        sinks: ["out"],
      },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["out"] },
    ],
  });
}

function formatJson(record: LogRecord): string {
  return JSON.stringify({
    level: record.level,
    ts: new Date(record.timestamp).toISOString(),
    msg: record.message.join(""),
    ...record.properties,
  }, readable);
}

function formatText(record: LogRecord): string {
  const time = new Date(record.timestamp).toISOString().slice(11, 23);
  const fields = Object.entries(record.properties).map(([name, value]) =>
    ` ${name}=${JSON.stringify(value, readable)}`
  );
  return `${time} ${record.level.toUpperCase().padEnd(7)} ${record.message.join("")}${
    fields.join("")
  }`;
}

/** Errors have no JSON form of their own; their message and those of their causes are what helps. */
function readable(_key: string, value: unknown): unknown {
  return value instanceof Error ? describeError(value) : value;
}

/** An error's message followed by those of its causes, on one line. */
export function describeError(error: unknown): string {
  const messages: string[] = [];
  for (
    let cause = error;
    cause !== undefined;
    cause = cause instanceof Error ? cause.cause : undefined
  ) {
    messages.push(cause instanceof Error ? cause.message : String(cause));
  }
  return messages.join(": ").replaceAll(/\s+/g, " ");
}
