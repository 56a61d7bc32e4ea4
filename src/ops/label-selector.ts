/** Kubernetes selector text of labels that must all match, such as `app=web,tier=db`; empty when there are none. */
export function labelSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
