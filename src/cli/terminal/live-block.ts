import type { Output } from '../io.ts';
import { displayWidth } from './display-width.ts';

const eraseDown = '\u001B[J';
const eraseLineEnd = '\u001B[K';
// Terminals that know the mode show a frame at once, without tearing; the others ignore it.
const beginFrame = '\u001B[?2026h';
const endFrame = '\u001B[?2026l';

/**
 * Lines at the bottom of a terminal that are drawn over again. The cursor is never hidden, so that nothing needs to be
 * restored however the process ends. Lines must fit the width; each call says all of them.
 */
export class LiveBlock {
  readonly #output: Output;
  #drawn: readonly number[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  draw(lines: readonly string[]): void {
    const body = lines.map((line) => `${line}${eraseLineEnd}\n`).join('');
    this.#output.write(`${beginFrame}${this.#toTop()}${body}${eraseDown}${endFrame}`);
    this.#drawn = lines.map((line) => displayWidth(withoutColor(line)));
  }

  /** Takes the block away; what is printed next stands where it stood. */
  clear(): void {
    if (this.#drawn.length > 0) this.#output.write(`${this.#toTop()}${eraseDown}`);
    this.#drawn = [];
  }

  /** Leaves what is drawn; the next draw starts a new block below it. */
  keep(): void {
    this.#drawn = [];
  }

  /** A line that was drawn on a wider terminal takes several rows by now. */
  #toTop(): string {
    const columns = this.#output.size()?.columns ?? 80;
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return rows === 0 ? '\r' : `\r\u001B[${rows}A`;
  }
}

function withoutColor(line: string): string {
  // oxlint-disable-next-line no-control-regex
  return line.replaceAll(/\u001B\[\d*m/g, '');
}
