import { isSecretName } from '../secret-name.ts';

/** Beyond what environment variables are called: fields of connection strings, headers, query parameters, settings. */
const moreWords =
  /(?:^|_)(?:AUTHORIZATION|COOKIE|PASSKEY|ACCOUNT_KEY|ACCOUNTKEY|SHARED_ACCESS_KEY|AUTH_KEY|ACCESSKEY|SECRETKEY|PRIVATEKEY|MASTER_KEY|LICENSE_KEY|X_API_KEY|SIG|SIGNATURE|SESSION_ID|SESSIONID|SESSION_KEY|CSRF|XSRF|OTP|PASSCODE|PASSPHRASE|AUTH|BEARER|SECRET_VALUE|WEBHOOK_URL|DATABASE_URL|KUBECONFIG|DOCKERCONFIGJSON|DOCKERCFG|SECRET_BASE|SECRET_KEY_BASE|SALT|PEPPER|AMZ_CREDENTIAL)$/;
const anywhere = /(?:PASSWORD|PASSWD|PASSPHRASE|PASSWORT)$|(?:APIKEY|AUTHTOKEN|ACCESSTOKEN|SECRETTOKEN)$/;

/** A cache would grow with a hostile text. */
const cacheLimit = 5_000;
const longest = 128;

/** Whether the value beside a key, flag, header or variable of this name is taken for a secret. */
export class SecretNames {
  readonly #known = new Map<string, boolean>();

  has(name: string): boolean {
    if (name.length < 3 || name.length > longest) return false;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const says = namesSecret(name);
    if (this.#known.size < cacheLimit) this.#known.set(name, says);
    return says;
  }
}

export function namesSecret(name: string): boolean {
  const words = name
    .replace(/^-+/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  return isSecretName(name.replace(/^-+/, '')) || moreWords.test(words) || anywhere.test(words);
}
