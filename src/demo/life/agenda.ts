/** The future events of a simulation, by step. */
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

  /** Advances one step and runs the actions due, in the order in which they were added. */
  advance(): void {
    this.#step++;
    for (const action of this.#actions.get(this.#step) ?? []) action();
    this.#actions.delete(this.#step);
  }
}
