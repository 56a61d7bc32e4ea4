const decimal = /^[1-9]\d*$/;

/**
 * Whether one version of an object, or of a collection, came before another. Versions are decimal numbers of any length that
 * grow over a whole cluster, as the API promises (KEP-5504); of others nothing is known, and none is older.
 */
export function isOlder(version: string, known: string): boolean {
  if (version === known || !decimal.test(version) || !decimal.test(known)) return false;
  return version.length === known.length ? version < known : version.length < known.length;
}
