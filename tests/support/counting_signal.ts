/** Whether whoever waits for a signal to abort also takes the listener away again. */
export class CountingSignal {
  readonly controller: AbortController = new AbortController();
  /** How many listeners there are. */
  listeners = 0;

  constructor() {
    const { signal } = this.controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      this.listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      this.listeners--;
      remove(...args);
    };
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }
}
