const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a Kubernetes quantity such as `500m` or `1Gi` means; undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = text.length > 64 ? null : pattern.exec(text);
  if (match === null) return undefined;
  const [, digits = '', suffix = ''] = match;
  const factor = /^[eE]./.test(suffix) ? 10 ** Number(suffix.slice(1)) : (factors[suffix] ?? 1);
  return Number(digits) * factor;
}
