import type { ImageReference } from '../image-reference.ts';
import type { PullExplanation } from './image-pull-reason.ts';
import { suggestImage } from '../image-suggestion.ts';

/** A registry that answered, and did not give the image: no such repository, no such tag, no right to read it. */
export function explainMissingImage(
  message: string,
  image: ImageReference,
  fieldPath: string,
): PullExplanation {
  const name = `${image.host}/${image.repository}`;
  const suggestion = suggestImage(image);
  const meant = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`;
  const perhaps = suggestion === undefined ? '' : ` (perhaps "${suggestion}")`;
  // Registries do not tell strangers whether a repository is private or not there at all.
  if (
    /does not exist|pull access denied|repository .{0,300}not found|name unknown|NAME_UNKNOWN/i.test(message)
  ) {
    if (image.official) {
      return {
        text: `without host and namespace it means ${name}, and Docker Hub has no official image of that name.${meant}`,
        fix: `Correct ${fieldPath}${perhaps}; an image of your own is named with its registry or namespace, such as registry.example.com/team/app:1.2.`,
        remedy: 'image',
      };
    }
    return {
      text: `there is no repository ${name}, or it is private and the cluster sent no credentials that may read it.${meant}`,
      fix: `Correct ${fieldPath}${perhaps}; if the name is right, create an image pull secret for ${image.host} and list it under imagePullSecrets of the Pod.`,
      remedy: 'either',
    };
  }
  if (
    /unauthorized|authorization failed|authentication required|no basic auth|\b40[13]\b|forbidden|denied/i.test(
      message,
    )
  ) {
    return {
      text: `${image.host} asks for credentials, and the cluster sent none that may read ${image.repository}.`,
      fix: `Create an image pull secret for ${image.host} and list it under imagePullSecrets of the Pod, or let the account that is there read ${image.repository}.`,
      remedy: 'credentials',
    };
  }
  if (/not found|manifest unknown|MANIFEST_UNKNOWN/i.test(message)) {
    const part = image.digest === '' ? 'tag' : 'digest';
    const version =
      image.digest === '' ? `tag "${image.tag === '' ? 'latest' : image.tag}"` : 'content with that digest';
    return {
      text: `${name} has no ${version}.${meant}`,
      fix: `Correct the ${part} in ${fieldPath} to one that was pushed.`,
      remedy: 'image',
    };
  }
  return {
    text: `the node could not get it from ${image.host}; the evidence has its words.${meant}`,
    fix: `Pull it by hand from the network of the nodes to see what ${image.host} answers, then correct ${fieldPath}${perhaps} or the registry.`,
    remedy: 'image',
  };
}
