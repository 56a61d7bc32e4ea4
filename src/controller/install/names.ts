/** Where the controller, step types for every namespace, and the Secrets of joined clusters are. */
export const systemNamespace = 'vela-system';
/** The controller's own account. */
export const controllerAccount = 'sluice-controller';
/** The account that effects are carried out as, unless a run names another. */
export const runnerAccount = 'sluice-runner';
/** What lets the controller act in a namespace. */
export const impersonatorRole = 'sluice-impersonator';

/** The Secret, not needed, that the model's key and address are taken from. */
export const modelSecret = 'sluice-openai';
export const modelVariables = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_MODEL'] as const;

export const ports = { metrics: 8080, health: 8081, webhook: 9443 } as const;

/** What the webhook has in a cluster, where the chart turns it on. */
export const webhookNames = {
  service: 'sluice-webhook',
  /** Of the ValidatingWebhookConfiguration. */
  configuration: 'sluice',
  /** The Secret with the certificate that the controller has signed itself. */
  certificate: 'sluice-webhook-certificate',
} as const;

/** On everything but what outlives an installation: the namespace and the CRDs. */
export const labels: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'sluice',
  'app.kubernetes.io/part-of': 'sluice',
};

/** What the controller's Pods have in common. */
export const podLabels: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'sluice',
  'app.kubernetes.io/component': 'controller',
};
