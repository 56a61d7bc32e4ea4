const secretWord =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRET|TOKEN|APIKEY|API_KEY|ACCESS_KEY|ACCESS_KEY_ID|SECRET_KEY|PRIVATE_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?|CONNECTION_STRING|DSN)$/;

/** Whether an environment variable of this name usually holds a secret. `DB_PASSWORD` does; `PASSWORD_FILE` and `TOKEN_TTL` do not. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  // PWD alone is the shell's working directory.
  return words !== 'PWD' && secretWord.test(words);
}

const secretShapes: readonly RegExp[] = [
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/,
  /^(?:AKIA|ASIA)[0-9A-Z]{16}$/,
  /^gh[pousr]_[A-Za-z0-9]{36,}$/,
  /^xox[abpr]-[0-9A-Za-z-]{10,}$/,
  /^[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/:@]{0,100}:[^\s/:@]{1,200}@/i,
  // One of these that masking has replaced: what was a fault before stays one.
  /^<(?:token|private-key):[0-9a-f]{6,24}>$/,
];

/** Whether a value looks like a secret whatever it is called: a private key, a vendor's token, a URL with a password. */
export function isSecretShape(value: string): boolean {
  return secretShapes.some((shape) => shape.test(value));
}

/** Whether `value`, called `name`, is a secret in plain text, and not a reference or a setting. */
export function isPlainSecret(name: string, value: string): boolean {
  // $(NAME) refers to another variable; numbers and booleans are settings, not secrets.
  if (value === '' || /^\$\([^)]*\)$/.test(value) || /^(?:\d{1,6}|true|false)$/i.test(value)) return false;
  return isSecretShape(value) || isSecretName(name);
}
