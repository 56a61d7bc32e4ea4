/** What becomes of each WorkflowStepDefinition that KubeVela ships, in our words: the table of docs/compatibility.md. */
export interface Shipped {
  readonly name: string;
  readonly verdict: 'runs' | 'differs' | 'not applicable';
  /** What differs, or why a standalone workflow cannot have it. */
  readonly note: string;
  /** A definition that is not applicable may name what nobody has here: the text of its fault. */
  readonly fault?: string;
}

const application = 'part of the delivery of an Application: it works on its components or policies';

export const catalogue: readonly Shipped[] = [
  runs(
    'addon-operation',
    'the list of its command is joined by `+`, which CUE has dropped: repaired with a warning',
  ),
  runs('apply-app'),
  { name: 'apply-application', ...notApplicable(application), fault: '#ApplyApplication' },
  {
    name: 'apply-application-in-parallel',
    ...notApplicable(application),
    fault: '#ApplyApplicationInParallel',
  },
  { name: 'apply-component', ...notApplicable(application) },
  differs(
    'apply-deployment',
    'waits until pods are ready; in current releases it fails while there is no ready pod',
  ),
  differs('apply-job', 'ends when the Job has; upstream it panics or waits for ever'),
  runs('apply-object'),
  { name: 'apply-remaining', ...notApplicable(application), fault: '#ApplyRemaining' },
  runs('apply-terraform-config'),
  differs(
    'apply-terraform-provider',
    'without a `type`, and for azure, its own template has faults: refused or failed, never passed',
  ),
  runs('build-push-image', 'a Pod that fails is waited for until the step’s timeout, as its template says'),
  differs(
    'chat-gpt',
    'runs; in current releases no request is ever sent. Address and key may come from the settings for models',
  ),
  differs('check-metrics', '`failDuration` counts: upstream a check can never fail'),
  differs('clean-jobs', 'its Pods are deleted, too: upstream nothing has the kind `pod` that it names'),
  differs(
    'collect-service-endpoints',
    'looks at Services and Ingresses themselves, of an Application or of a run',
  ),
  runs('create-config'),
  runs('delete-config'),
  runs('depends-on-app'),
  { name: 'deploy', ...notApplicable(application), fault: '#Deploy' },
  { name: 'deploy-cloud-resource', ...notApplicable(application), fault: '#DeployCloudResource' },
  { name: 'deploy2env', ...notApplicable(application), fault: '#ApplyEnvBindApp' },
  { name: 'deploy2runtime', ...notApplicable(application), fault: '#ApplyComponent' },
  differs('export-data', 'without `topology`, which only an Application has: to the cluster of the run'),
  differs('export-service', 'without `topology`, which only an Application has: to the cluster of the run'),
  runs('export2config'),
  runs('export2secret', 'nothing of the Secret is copied into an annotation'),
  runs('generate-jdbc-connection'),
  runs('list-config'),
  differs(
    'notification',
    'e-mail by `secretRef` works; upstream it reads a field that is not there. As upstream, the status of an answer is not looked at; the built-in does',
  ),
  runs('print-message-in-status'),
  runs('read-app'),
  runs('read-config'),
  runs('read-object', 'without a namespace it looks into `default`, as its template says'),
  differs(
    'request',
    'the answer is sent for once, also where a wait follows; a limit of 30 s in place of 3 s',
  ),
  runs(
    'restart-workflow',
    'its Job annotates an Application of the run’s name, so it is of use beside one alone',
  ),
  { name: 'share-cloud-resource', ...notApplicable(application), fault: '#ShareCloudResource' },
  runs('step-group'),
  differs('suspend', 'its message is shown'),
  runs('vela-cli'),
  runs('webhook', 'without `data` it sends the Application of the run’s name'),
];

function runs(name: string, note = ''): Shipped {
  return { name, verdict: 'runs', note };
}

function differs(name: string, note: string): Shipped {
  return { name, verdict: 'differs', note };
}

function notApplicable(note: string): Pick<Shipped, 'verdict' | 'note'> {
  return { verdict: 'not applicable', note };
}

/** The table, as it stands in docs/compatibility.md. */
export function catalogueTable(): string {
  const rows = catalogue.map(({ name, verdict, note }) => `| \`${name}\` | ${verdict} | ${note} |`);
  return ['| definition | here | |', '|---|---|---|', ...rows].join('\n');
}
