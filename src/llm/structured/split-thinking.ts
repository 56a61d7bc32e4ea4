export interface SplitText {
  readonly thinking: string;
  readonly answer: string;
  /** A block was begun and never ended: where the answer begins nobody said. */
  readonly isUnclosed: boolean;
}

const opening = /\s*<(think|thinking|thought|reasoning|analysis)>/iy;
const anyClosing = /<\/(?:think|thinking|thought|reasoning|analysis)>/i;
/** What an answer in JSON begins with. */
const beginsAsAnswer = /^\s*(?:[{[]|```)/;

/**
 * Takes the think blocks off the front of an answer. Further back nothing is taken off: inside JSON such a tag is data,
 * perhaps planted there to have the text before it thrown away. A block whose opening tag the prompt already held has only
 * its closing one.
 */
export function splitThinking(text: string): SplitText {
  const thinking: string[] = [];
  let at = 0;
  for (;;) {
    opening.lastIndex = at;
    const match = opening.exec(text);
    if (match === null) break;
    const close = `</${match[1]}>`.toLowerCase();
    const from = opening.lastIndex;
    const end = indexOfFolded(text, close, from);
    if (end < 0) return { thinking: thinking.join('\n'), answer: text.slice(from), isUnclosed: true };
    thinking.push(text.slice(from, end));
    at = end + close.length;
  }
  const rest = text.slice(at);
  if (at > 0 || beginsAsAnswer.test(rest))
    return { thinking: thinking.join('\n'), answer: rest, isUnclosed: false };
  const closing = anyClosing.exec(rest);
  if (closing === null) return { thinking: '', answer: rest, isUnclosed: false };
  return {
    thinking: rest.slice(0, closing.index),
    answer: rest.slice(closing.index + closing[0].length),
    isUnclosed: false,
  };
}

function indexOfFolded(text: string, ascii: string, from: number): number {
  const pattern = new RegExp(ascii, 'gi');
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? -1;
}
