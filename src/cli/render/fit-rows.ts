/**
 * At most `rows` lines: those around `focus` stay, and what is left out above and below is counted. A tree higher than
 * the terminal could not be drawn over.
 */
export function fitRows(lines: readonly string[], rows: number, focus: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const room = Math.max(1, rows - 2);
  const start = Math.min(Math.max(0, focus - Math.floor(room / 3)), lines.length - room);
  const below = lines.length - start - room;
  return [
    ...(start > 0 ? [`  (${start} more above)`] : []),
    ...lines.slice(start, start + room),
    ...(below > 0 ? [`  (${below} more below)`] : []),
  ];
}
