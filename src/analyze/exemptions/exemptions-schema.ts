import type { JsonObject } from '../../api/json.ts';
import { fields, list, text } from '../../api/schema/schema-parts.ts';

const pattern = '`*` stands for any characters.';
const written = { minLength: 1, maxLength: 253 };

export const exemptionsSchema: JsonObject = fields(
  'Findings that are known and accepted.',
  {
    exemptions: list(
      'The exemptions.',
      fields(
        'Takes the findings of one rule out of a report and a score until a date.',
        {
          rule: text('Id of the rule, such as `HostNetwork`.', {
            pattern: '^(?:custom/)?[A-Za-z][A-Za-z0-9/-]{0,149}$',
          }),
          kind: text('Only for objects of this kind.', written),
          namespace: text(`Only in this namespace. ${pattern}`, written),
          name: text(`Only for objects of this name. ${pattern}`, written),
          container: text(`Only for this container. ${pattern}`, written),
          reason: text('Why the finding is accepted.', { pattern: '\\S', maxLength: 1000 }),
          owner: text('Who answers for it.', written),
          expires: text(
            'Until when: a date such as `2027-03-31`, whose day still counts (UTC), or a time in RFC 3339.',
          ),
        },
        ['rule', 'reason', 'expires'],
      ),
      { maxItems: 10_000 },
    ),
  },
  ['exemptions'],
);
