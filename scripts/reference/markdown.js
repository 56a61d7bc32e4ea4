// The few forms of Markdown that the reference is made of.

/** Wider columns are not padded: a line of the source would be mostly spaces. */
const widestPadded = 60;

/** A table whose source can be read, too: columns padded, but for wide ones and the last. `rows` hold plain Markdown. */
export function table(headings, rows) {
  const cells = [headings, ...rows].map((row) => row.map(cell));
  const widths = headings.map((_, column) => paddedWidth(cells.map((row) => row[column].length)));
  const line = (row) =>
    `| ${row.map((text, column) => (column === row.length - 1 ? text : text.padEnd(widths[column]))).join(' | ')} |`;
  const [head, ...body] = cells;
  const rule = `| ${widths.map((width, column) => '-'.repeat(column === widths.length - 1 ? 3 : width)).join(' | ')} |`;
  return `${[line(head), rule, ...body.map(line)].join('\n')}\n`;
}

function paddedWidth(lengths) {
  const longest = Math.max(3, ...lengths);
  return longest > widestPadded ? 3 : longest;
}

/** Inline code, also of a text that holds a backtick; nothing for an empty text. */
export function code(text) {
  if (text === '') return '';
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function fenced(language, text) {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

/** A page: its parts with an empty line between them. */
export function page(...parts) {
  const [title, ...rest] = parts.flat().filter((part) => part !== '');
  const note = '<!-- Made by scripts/generate-reference.js from the source: change it there. -->';
  return `${[title, note, ...rest].map((part) => part.trimEnd()).join('\n\n')}\n`;
}

/** A cell may hold neither a line break nor a bar. */
function cell(text) {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
