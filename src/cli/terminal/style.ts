/** Paints text; without colours every one of them returns its text. */
export interface Style {
  readonly hasColor: boolean;
  readonly hasUnicode: boolean;
  /** Ends a text that was cut. */
  readonly ellipsis: string;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

export function openStyle(hasColor: boolean, hasUnicode: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    hasColor && text !== '' ? `\u001B[${open}m${text}\u001B[${close}m` : text;
  return {
    hasColor,
    hasUnicode,
    ellipsis: hasUnicode ? '…' : '...',
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  };
}
