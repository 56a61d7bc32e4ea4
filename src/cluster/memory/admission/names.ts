/** Why a text is no name of this sort, in the API server's words; undefined when it is one. */
export type NameCheck = (text: string) => string | undefined;

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelValue = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

export const dnsSubdomain: NameCheck = checker(
  subdomain1123,
  253,
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  "e.g. 'example.com'",
);

export const dnsLabel: NameCheck = checker(
  label1123,
  63,
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  "e.g. 'my-name',  or '123-abc'",
);

export const dns1035Label: NameCheck = checker(
  label1035,
  63,
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "e.g. 'my-name',  or 'abc-123'",
);

export const labelValueCheck: NameCheck = checker(
  labelValue,
  63,
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "e.g. 'MyValue',  or 'my_value',  or '12345'",
);

const namePart: NameCheck = checker(
  qualifiedName,
  63,
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "e.g. 'MyName',  or 'my.name',  or '123-abc'",
);

/** A label's or annotation's key: `NAME` or `PREFIX/NAME`. */
export const qualifiedKey: NameCheck = (text) => {
  const slash = text.indexOf('/');
  if (slash < 0) return namePart(text);
  if (slash === 0) return 'prefix part must be non-empty';
  const prefix = dnsSubdomain(text.slice(0, slash));
  return prefix === undefined ? namePart(text.slice(slash + 1)) : `prefix part ${prefix}`;
};

/** Names of RBAC and other objects that are only kept out of URLs' special meanings. */
export const pathSegment: NameCheck = (text) => {
  if (text === '.' || text === '..') return `may not be '${text}'`;
  const bad = ['/', '%'].find((char) => text.includes(char));
  return bad === undefined ? undefined : `may not contain '${bad}'`;
};

function checker(pattern: string, longest: number, rule: string, example: string): NameCheck {
  const regex = new RegExp(`^${pattern}$`);
  return (text) => {
    // The length first: it bounds what the pattern may cost.
    if (text.length > longest) return `must be no more than ${longest} characters`;
    return regex.test(text) ? undefined : `${rule} (${example}, regex used for validation is '${pattern}')`;
  };
}
