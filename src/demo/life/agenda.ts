/** What is to happen in a simulation, by the step it happens in. */
export class Agenda {
  readonly #actions = new Map<number, (() => void)[]>();
  #step = 0;

  /** Has `action` happen after `steps` more steps, at least one. */
  after(steps: number, action: () => void): void {
    const step = this.#step + Math.max(steps, 1);
    const actions = this.#actions.get(step);
    if (actions === undefined) this.#actions.set(step, [action]);
    else actions.push(action);
  }

  /** Goes one step on and does what is due, in the order it was entered. */
  advance(): void {
    this.#step++;
    for (const action of this.#actions.get(this.#step) ?? []) action();
    this.#actions.delete(this.#step);
  }
}
