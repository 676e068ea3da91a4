/** Every collector, in the order in which a family is looked for. */
export const COLLECTORS: readonly { readonly name: string; readonly subject: string }[] = [
  { name: "publicworkerpool", subject: "the public worker pool" },
  { name: "workerpools", subject: "the worker pools" },
  { name: "usage", subject: "the usage in the current billing period" },
  { name: "stacks", subject: "the state and drift of each stack, in the background" },
  { name: "aggregates", subject: "the account's metrics of stacks, resources and runs" },
];
