/** A character cell's looks, as SGR codes set them; '' is the terminal's own. */
export interface Look {
  readonly color: '' | 'red' | 'green' | 'yellow' | 'cyan';
  readonly isBold: boolean;
  readonly isDim: boolean;
}

export interface Cell extends Look {
  readonly text: string;
}

const plain: Look = { color: '', isBold: false, isDim: false };
const colors: Readonly<Record<number, Look['color']>> = {
  31: 'red',
  32: 'green',
  33: 'yellow',
  36: 'cyan',
  39: '',
};

/**
 * The part of a terminal that Sluice's live display uses: text, line ends, colours, cursor up, erase to the end of the line
 * and of the screen. It wraps at its width and does not scroll.
 */
export class Screen {
  readonly #columns: number;
  readonly #rows: Cell[][] = [[]];
  #row = 0;
  #column = 0;
  #look = plain;
  #pending = '';

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(output: string): void {
    const text = this.#pending + output;
    // A sequence that the next piece of output completes.
    // oxlint-disable-next-line no-control-regex
    const end = /\u001B(?:\[[?\d;]*)?$/.exec(text)?.index ?? text.length;
    this.#pending = text.slice(end);
    // oxlint-disable-next-line no-control-regex
    const token = /\u001B\[([?\d;]*)([A-Za-z])|\r|\n|[^\u001B\r\n]/gu;
    for (const match of text.slice(0, end).matchAll(token)) {
      if (match[2] !== undefined) this.#control(match[2], match[1] ?? '');
      else if (match[0] === '\r') this.#column = 0;
      else if (match[0] === '\n') this.#lineFeed();
      else this.#put(match[0]);
    }
  }

  /** Rows up to the last that holds something. */
  rows(): readonly (readonly Cell[])[] {
    const last = this.#rows.findLastIndex((row) => row.length > 0);
    return this.#rows.slice(0, last + 1).map((row) => [...row]);
  }

  /** The same as text. */
  lines(): readonly string[] {
    return this.rows().map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    );
  }

  #lineFeed(): void {
    this.#row += 1;
    this.#column = 0;
    this.#rows[this.#row] ??= [];
  }

  #put(text: string): void {
    if (this.#column === this.#columns) this.#lineFeed();
    const row = (this.#rows[this.#row] ??= []);
    while (row.length < this.#column) row.push({ ...plain, text: ' ' });
    row[this.#column] = { ...this.#look, text };
    this.#column += 1;
  }

  #control(letter: string, numbers: string): void {
    const row = (this.#rows[this.#row] ??= []);
    switch (letter) {
      case 'A':
        this.#row = Math.max(0, this.#row - Number(numbers === '' ? 1 : numbers));
        return;
      case 'K':
        row.length = Math.min(row.length, this.#column);
        return;
      case 'J':
        row.length = Math.min(row.length, this.#column);
        this.#rows.length = this.#row + 1;
        return;
      case 'm':
        for (const code of numbers.split(';')) this.#paint(Number(code));
        return;
      default: // modes, such as synchronised output: nothing to see
    }
  }

  #paint(code: number): void {
    const color = colors[code];
    if (code === 0) this.#look = plain;
    else if (code === 1) this.#look = { ...this.#look, isBold: true };
    else if (code === 2) this.#look = { ...this.#look, isDim: true };
    else if (code === 22) this.#look = { ...this.#look, isBold: false, isDim: false };
    else if (color !== undefined) this.#look = { ...this.#look, color };
  }
}
