/** How a value is written where programs quote, encode and print it. */
export function secretSpellings(value: string): readonly string[] {
  return [
    value,
    ...escapedForms(value),
    ...percentForms(value),
    ...base64Forms(value),
    ...hexForms(value),
    ...privateKeyLines(value),
  ];
}

/** As JSON writers do: Go also escapes what HTML obeys, Python whatever is not ASCII. */
function escapedForms(value: string): readonly string[] {
  const plain = JSON.stringify(value).slice(1, -1);
  const forms = new Set([
    plain,
    plain.replaceAll(/[<>&\u2028\u2029]/g, unicodeEscape),
    plain.replaceAll(/[^\0-\x7f]/g, unicodeEscape),
  ]);
  // A document inside a string of another document is escaped twice.
  return [...forms].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function percentForms(value: string): readonly string[] {
  const percent = encodeURIComponent(value.toWellFormed());
  // Go and Python escape these, JavaScript does not.
  const strict = percent.replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [percent, strict].flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  ]);
}

/** Of a shorter value too few characters are left to be sure of it. */
const surelyBytes = 8;

/** The base64 of the value, and the part of it that stays the same wherever the value stands in an encoded text. */
function base64Forms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  if (bytes.length < surelyBytes) return whole;
  const inner = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url');
    const from = offset === 0 ? 0 : offset + 1;
    return encoded.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [
    ...whole,
    ...inner,
    ...inner.map((part) => part.replaceAll('-', '+').replaceAll('_', '/')),
    ...wrapped(whole[0] ?? ''),
  ];
}

/** Of PEM and MIME. */
const lineLengths = [64, 76];
const joints = [
  '\r\n',
  '\\n',
  '\\r\\n',
  '\\\\n',
  ...[0, 1, 2, 4, 6, 8, 10, 12].map((indent) => `\n${' '.repeat(indent)}`),
];

/** Long base64 is printed in lines, often indented. */
function wrapped(encoded: string): readonly string[] {
  return lineLengths
    .filter((length) => encoded.length > length)
    .flatMap((length) => {
      const lines = encoded.match(new RegExp(`.{1,${length}}`, 'g')) ?? [];
      return joints.map((joint) => lines.join(joint));
    });
}

function hexForms(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length < surelyBytes) return [];
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
}

/** A key in PEM is often printed indented, line by line. */
function privateKeyLines(value: string): readonly string[] {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)) return [];
  return value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 32 && !line.startsWith('-----'));
}
