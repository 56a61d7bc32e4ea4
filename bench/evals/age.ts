const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `10m`, `3h`, `2d`. */
export function ageMs(age: string): number {
  const match = /^(\d+)([smhd])$/.exec(age);
  const unit = unitMs[match?.[2] ?? ''];
  if (unit === undefined) throw new Error(`${age} is no age such as 10m`);
  return Number(match?.[1]) * unit;
}

/** The age in `3h ago`; undefined for any other text. */
export function ageInText(text: string): number | undefined {
  const match = /^(\d+[smhd]) ago$/.exec(text);
  return match === null ? undefined : ageMs(match[1] ?? '');
}
