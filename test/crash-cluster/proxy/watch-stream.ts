import type { ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Call } from './call.ts';
import { refusals, statusObject } from './fault.ts';

/** What happens to the events of every watch, as long as it stands. */
export interface WatchRules {
  /** How often an event's line is sent: 0 drops it, and nothing says so; 2 repeats it. */
  readonly times?: (line: string, stream: WatchStream) => number;
}

/** One watch of the controller, event by event. */
export class WatchStream {
  readonly call: Call;
  readonly #response: ServerResponse;

  constructor(call: Call, response: ServerResponse) {
    this.call = call;
    this.#response = response;
    response.flushHeaders();
  }

  /** Passes events on until either side ends. */
  async pass(upstream: Readable, rules: () => WatchRules): Promise<void> {
    for await (const line of createInterface({ input: upstream })) {
      const count = rules().times?.(line, this) ?? 1;
      for (let i = 0; i < count; i += 1) this.#response.write(`${line}\n`);
    }
    this.#response.end();
  }

  /** The connection breaks. */
  cut(): void {
    this.#response.destroy();
  }

  /** The server says that what is watched from is too old, and ends. */
  expire(): void {
    const event = { type: 'ERROR', object: statusObject(refusals.gone) };
    this.#response.end(`${JSON.stringify(event)}\n`);
  }
}
