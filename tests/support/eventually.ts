/** Resolves as soon as a condition holds; throws what is wrong when it does not within `ms`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  wrong: string | (() => string),
  ms = 5000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!await condition()) {
    if (performance.now() > end) throw new Error(typeof wrong === "string" ? wrong : wrong());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
