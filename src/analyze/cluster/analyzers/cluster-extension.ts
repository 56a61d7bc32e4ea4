import { isObject } from '../../../api/json.ts';
import { fieldAt, objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import type { Look } from '../look.ts';
import { olmConditions } from '../olm-conditions.ts';
import { present } from '../reference.ts';

export const clusterExtension: Analyzer = {
  name: 'ClusterExtension',
  judges: ['ClusterExtension'],
  reads: [],
  check: (look) =>
    present([
      policy(look),
      sourceType(look),
      ...olmConditions(look, ['Installed', 'Progressing']),
      deprecated(look),
    ]),
};

const policies = ['CatalogProvided', 'SelfCertified'];

/** Unset means CatalogProvided: the API server writes it. */
function policy(look: Look): Problem | undefined {
  const value = textAt(look.object, 'spec', 'source', 'catalog', 'upgradeConstraintPolicy');
  const hasCatalog = isObject(fieldAt(look.object, 'spec', 'source', 'catalog'));
  if (!hasCatalog || value === '' || policies.includes(value)) return undefined;
  return {
    id: 'UpgradePolicyInvalid',
    severity: 'high',
    fieldPath: 'spec.source.catalog.upgradeConstraintPolicy',
    text: `upgradeConstraintPolicy "${quoteText(value, 100)}" is none of ${policies.join(', ')}.`,
    fix: `Set it to ${policies.join(' or ')}.`,
    k8sgpt: {
      text: `${look.name} has error: invalid or missing extension.Spec.Source.Catalog.UpgradeConstraintPolicy (expecting 'SelfCertified' or 'CatalogProvided')`,
    },
  };
}

function sourceType(look: Look): Problem | undefined {
  const value = textAt(look.object, 'spec', 'source', 'sourceType');
  if (value === 'Catalog') return undefined;
  return {
    id: 'SourceTypeInvalid',
    severity: 'high',
    fieldPath: 'spec.source.sourceType',
    text: `sourceType is ${value === '' ? 'unset' : `"${quoteText(value, 100)}"`}; extensions come from a Catalog.`,
    fix: 'Set spec.source.sourceType to Catalog.',
    k8sgpt: {
      text: `${look.name} has error: invalid or missing spec.source.sourceType (expecting 'Catalog')`,
    },
  };
}

function deprecated(look: Look): Problem | undefined {
  const condition = conditionsAt(look, objectAt(look.object, 'status')).find(
    ({ type, status }) => /^(?:Package|Channel|Bundle)?Deprecated$/.test(type) && status === 'True',
  );
  if (condition === undefined) return undefined;
  return {
    id: 'ExtensionDeprecated',
    severity: 'low',
    fieldPath: `status.conditions{${condition.type}}`,
    text: `What is installed is deprecated: ${saying(condition)}`,
    fix: 'Move to the version, channel or package that its catalog recommends.',
  };
}
