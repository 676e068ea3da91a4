/** Longer than anything takes that a test waits for, in milliseconds, on a busy machine too. */
export const LIMIT = 120_000;

/** Resolves as soon as a condition holds; throws what is wrong when it does not within two minutes. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  wrong: string | (() => string),
): Promise<void> {
  const end = performance.now() + LIMIT;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(typeof wrong === "string" ? wrong : wrong());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
