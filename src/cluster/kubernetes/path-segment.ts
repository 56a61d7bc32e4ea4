import { SluiceError } from '../../api/errors.ts';

/**
 * A name as a part of a URL's path. Half a pair of surrogates, which has no such form, is the mark for what cannot be read.
 * Throws SluiceError `invalid` for `.` and `..`, by which the request would go to another place.
 */
export function pathSegment(name: string): string {
  if (name === '.' || name === '..') {
    throw new SluiceError(
      'invalid',
      'BadName',
      `${JSON.stringify(name)} is no name of an object or a namespace`,
      {
        hint: 'Names are lower-case letters, digits, dashes and dots, and begin with a letter or a digit.',
      },
    );
  }
  return encodeURIComponent(name.toWellFormed());
}
