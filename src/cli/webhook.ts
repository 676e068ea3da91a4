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

/** What is given of a webhook without effect, in sentences. */
export function readUnusedWebhook(command: Command, input: Input): string[] {
  const listening = WEBHOOK.nameOf("listenAddress");
  const signing = command === "demo" ? [listening, SIMULATION.nameOf("webhookUrl")] : [listening];
  return [
    ...SECRETS.map((name) => ({ name, users: signing })),
    ...WEBHOOK_WEB.named.map(({ name }) => ({ name, users: [listening] })),
  ].flatMap(({ name, users }) => {
    const source = sourceOf(name, input);
    if (source === undefined || users.some((user) => sourceOf(user, input) !== undefined)) {
      return [];
    }
    return [`${source} has no effect without ${users.map((user) => `--${user}`).join(" or ")}`];
  }).concat(readUntaken(listening, input));
}

/** Deliveries only make the collector of runs ask sooner. */
function readUntaken(listening: string, input: Input): string[] {
  const source = sourceOf(listening, input);
  const { runs = true } = readGroup(COLLECTOR_SWITCHES, input);
  if (source === undefined || runs) return [];
  return [`${source} has no effect without --${COLLECTOR_SWITCHES.nameOf("runs")}`];
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
