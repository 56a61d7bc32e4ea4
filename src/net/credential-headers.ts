const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'api-key',
  'x-api-key',
  'x-auth-token',
  'x-access-token',
  'x-goog-api-key',
  'x-amz-security-token',
  'x-vault-token',
  'private-token',
]);

/** Whether a header of this name (any case) carries a credential. */
export function isCredentialHeader(name: string): boolean {
  return credentialHeaders.has(name.toLowerCase());
}

const placeholder = /^<[^<>]*>$/;

/** Text such as `<your token>`: left over from an example, and no credential. */
export function isPlaceholder(text: string): boolean {
  return placeholder.test(text.trim());
}

/** What is secret in the value of a credential header: the value without its scheme, and the parts that stand alone. */
export function secretsOfHeader(name: string, value: string): readonly string[] {
  if (!isCredentialHeader(name)) return [];
  const [scheme, ...rest] = value.trim().split(/\s+/);
  const token = rest.length > 0 && !name.toLowerCase().endsWith('cookie') ? rest.join(' ') : value.trim();
  const parts = [token];
  if (scheme?.toLowerCase() === 'basic') parts.push(passwordOf(token));
  if (name.toLowerCase() === 'cookie') {
    for (const cookie of value.split(';')) parts.push(cookie.slice(cookie.indexOf('=') + 1).trim());
  }
  return parts.filter((part) => part.length >= 6 && !isPlaceholder(part));
}

function passwordOf(basic: string): string {
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}
