/** Where something stands in the user's files; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Field path, such as `spec.workflowSpec.steps[2].if`. */
  readonly path: string;
}

/** `file:line:column`, as terminals and editors make it a link. */
export function formatPlace(place: Pick<Place, 'file' | 'line' | 'column'>): string {
  return `${place.file}:${place.line}:${place.column}`;
}
