import type { Clock } from "../clock.ts";
import type { SecretChoice } from "../cli/secret_choice.ts";
import { WEBHOOK_RESULTS, webhookRoute } from "../http/webhook_route.ts";
import type { Route } from "../http/routes.ts";
import { log } from "../log.ts";
import type { Secret } from "../secret.ts";
import { openSecretFile } from "./credentials.ts";
import type { Exporter } from "./exporter.ts";

/** How long the content of a secret file is cached, in milliseconds. */
const MEMORY = 1000;

/**
 * Returns a function that gives the current secret; throws `UsageError` at once when its file
 * cannot be used.
 */
export async function webhookSecret(
  choice: SecretChoice,
  clock: Clock,
): Promise<() => Promise<Secret>> {
  if ("secret" in choice) return () => Promise.resolve(choice.secret);
  const read = await openSecretFile(choice.file, "--webhook-secret-file");
  let known = await read();
  let isReadable = true;
  const readAgain = async () => {
    try {
      known = await read();
      isReadable = true;
    } catch (error) {
      // One record for each problem, however many deliveries arrive.
      if (isReadable) {
        log.warn("Cannot reread the webhook's secret, using the old one", { error });
      }
      isReadable = false;
    }
    return known;
  };
  let present = Promise.resolve(known);
  let readAt = clock.monotonic();
  return () => {
    if (clock.monotonic() - readAt < MEMORY) return present;
    readAt = clock.monotonic();
    return present = readAgain();
  };
}

/** Turns webhook deliveries into hints, and counts the requests. */
export function webhookHandler(
  { instruments, hints }: Exporter,
  options: { readonly secret: () => Promise<Secret>; readonly clock: Clock },
): Route {
  for (const result of WEBHOOK_RESULTS) instruments.webhookRequests.inc({ result }, 0);
  return webhookRoute({
    ...options,
    take: (hint) => hints?.add(hint),
    count: (result) => {
      instruments.webhookRequests.inc({ result });
      if (result !== "accepted" && result !== "ignored") return;
      instruments.webhookLastReceived = Math.floor(options.clock.wall() / 1000);
    },
  });
}
