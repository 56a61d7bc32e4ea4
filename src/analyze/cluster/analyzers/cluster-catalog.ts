import { parseImage } from '../../image-reference.ts';
import { isObject } from '../../../api/json.ts';
import { fieldAt, objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { olmConditions } from '../olm-conditions.ts';
import { present } from '../reference.ts';

export const clusterCatalog: Analyzer = {
  name: 'ClusterCatalog',
  judges: ['ClusterCatalog'],
  reads: [],
  check: (look) => {
    const image = badImage(look);
    // What was switched off serves nothing, as it should.
    const isOff = textAt(look.object, 'spec', 'availabilityMode') === 'Unavailable';
    return present([
      image,
      unresolved(look),
      ...olmConditions(look, isOff ? ['Progressing'] : ['Serving', 'Progressing']),
    ]);
  },
};

function badImage(look: Look): Problem | undefined {
  const source = objectAt(look.object, 'spec', 'source');
  const reference = textAt(source, 'image', 'ref');
  const isImage = (textAt(source, 'type') || 'Image') === 'Image';
  const image = parseImage(reference);
  if (!isImage || image.kind !== 'malformed') return undefined;
  const fieldPath = 'spec.source.image.ref';
  return {
    id: 'CatalogImageInvalid',
    severity: 'high',
    fieldPath,
    text: `"${quoteText(reference, 200)}" is no image reference: ${image.reason}.`,
    fix: `Correct ${fieldPath}.`,
    k8sgpt: {
      text: `${look.name} has error: invalid image ref format in ${fieldPath}: ${quoteText(reference, 200)}`,
    },
  };
}

/** A catalog that was unpacked names the content that it was unpacked from. */
function unresolved(look: Look): Problem | undefined {
  if (!isObject(fieldAt(look.object, 'status', 'resolvedSource'))) return undefined;
  const fieldPath = 'status.resolvedSource.image.ref';
  const reference = textAt(look.object, 'status', 'resolvedSource', 'image', 'ref');
  if (/@sha256:[a-f0-9]{64}$/.test(reference)) return undefined;
  const isThere = reference !== '';
  return {
    id: 'CatalogImageUnresolved',
    severity: 'medium',
    fieldPath,
    text: isThere
      ? `The catalog was unpacked from ${quoteText(reference, 200)}, which has no digest.`
      : 'The catalog was unpacked from an image that its status does not name.',
    fix: "Look at the log of OLM's catalogd.",
    k8sgpt: {
      text: `${look.name} has error: ${isThere ? `${fieldPath} must end with @sha256:<digest>` : `missing ${fieldPath}`}`,
    },
  };
}
