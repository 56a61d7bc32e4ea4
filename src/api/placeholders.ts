/** What masking puts for addresses and names, in an answer: a model may have escaped the brackets or changed the case. */
const placeholder =
  /(?:(?:<|&lt;|\\+u003c)(?:ip|email):(?:[0-9a-f]{24}|[0-9a-f]{6})(?:>|&gt;|\\+u003e))|(?:host|ns|workload|node)-(?:[0-9a-f]{24}|[0-9a-f]{6})(?![0-9A-Za-z])/gi;

/** The text with each placeholder that `valueOf` knows replaced by its value; it is asked for `<ip:0123ab>`, `host-0123ab`. */
export function restorePlaceholders(
  text: string,
  valueOf: (placeholder: string) => string | undefined,
): string {
  return text.replaceAll(placeholder, (found) => {
    const plain = found
      .toLowerCase()
      .replace(/^(?:&lt;|\\+u003c)/, '<')
      .replace(/(?:&gt;|\\+u003e)$/, '>');
    return valueOf(plain) ?? found;
  });
}
