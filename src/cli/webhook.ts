import { COLLECTORS } from "../collectors/list.ts";
import { formatListenAddress, type ListenAddress } from "../listen_address.ts";
import type { ValuesOf } from "./flag.ts";
import { COLLECTOR_SWITCHES, type Command, SIMULATION, WEBHOOK, WEBHOOK_WEB } from "./flags.ts";
import { type Input, readGroup, sourceOf } from "./read.ts";
import { requireSecret, type SecretChoice, secretOf } from "./secret_choice.ts";
import { quote, throwAll, UsageError } from "./usage_error.ts";

/** Where to receive webhooks, and the secret that signs them. */
export interface WebhookSettings {
  readonly listenAddress: ListenAddress;
  readonly secret: SecretChoice;
  readonly web: ValuesOf<typeof WEBHOOK_WEB>;
}

/** Where a simulated account sends webhooks, and the secret that signs them. */
export interface SenderSettings {
  readonly url: URL;
  readonly secret: SecretChoice;
}

const SECRETS = [WEBHOOK.nameOf("secret"), WEBHOOK.nameOf("secretFile")];

/** Where to listen for webhooks, if at all; `main` is the exporter's own address. */
export function readWebhook(input: Input, main: ListenAddress): WebhookSettings | undefined {
  const { listenAddress } = readGroup(WEBHOOK, input);
  if (listenAddress === undefined) return undefined;
  throwAll(() => requireSecret(SECRETS, input), () => refuseShared(listenAddress, main));
  return { listenAddress, secret: readSecret(input), web: readGroup(WEBHOOK_WEB, input) };
}

/** Where to send webhooks, if at all. */
export function readSender(input: Input): SenderSettings | undefined {
  const { webhookUrl: url } = readGroup(SIMULATION, input);
  if (url === undefined) return undefined;
  requireSecret(SECRETS, input);
  return { url, secret: readSecret(input) };
}

/** What is given of a webhook that has no effect, in sentences. */
export function readUnusedWebhook(command: Command, input: Input): string[] {
  const listening = WEBHOOK.nameOf("listenAddress");
  const signing = command === "demo" ? [listening, SIMULATION.nameOf("webhookUrl")] : [listening];
  const idle = [
    ...SECRETS.map((name) => ({ name, users: signing })),
    ...WEBHOOK_WEB.named.map(({ name }) => ({ name, users: [listening] })),
  ].flatMap(({ name, users }) => {
    const source = sourceOf(name, input);
    if (source === undefined || users.some((user) => sourceOf(user, input) !== undefined)) {
      return [];
    }
    return [`${source} has no effect without ${orOf(users)}`];
  });
  return [...idle, ...readIdleListener(input)];
}

/** Deliveries are hints for collectors; Spacelift gets its answers all the same. */
function readIdleListener(input: Input): string[] {
  const source = sourceOf(WEBHOOK.nameOf("listenAddress"), input);
  const switches = readGroup(COLLECTOR_SWITCHES, input);
  const takers = COLLECTORS.filter(({ takesHints }) => takesHints).map(({ name }) => name);
  if (source === undefined || takers.some((name) => switches[name])) return [];
  const needed = orOf(takers.map((name) => COLLECTOR_SWITCHES.nameOf(name)));
  return [`${source} only counts deliveries without ${needed}`];
}

function orOf(flags: readonly string[]): string {
  return flags.map((flag) => `--${flag}`).join(" or ");
}

function refuseShared(address: ListenAddress, main: ListenAddress): void {
  const hostnames = new Set([address.hostname, main.hostname]);
  const isShared = address.port === main.port && address.port !== 0 &&
    (hostnames.size === 1 || hostnames.has(undefined));
  if (!isShared) return;
  throw new UsageError(
    `Cannot use --${WEBHOOK.nameOf("listenAddress")} ${quote(formatListenAddress(address))}: ` +
      "it must differ from --listen-address, which must not be reachable from outside",
  );
}

function readSecret(input: Input): SecretChoice {
  const { secret, secretFile: file } = readGroup(WEBHOOK, input);
  return secretOf({ secret, file });
}
