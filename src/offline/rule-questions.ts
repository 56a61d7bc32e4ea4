/** A question that audit rules answer: yes where none of them finds anything. */
export interface RuleQuestion {
  /** Rules whose finding is a no. */
  readonly rules: readonly string[];
  /** Rules whose finding leaves it open: they say that the object does not tell. */
  readonly openBy?: readonly string[];
  /** The rules look at app containers alone, so with others they cannot say yes of every container. */
  readonly appOnly?: true;
  /** The rules know it only of what runs until it is stopped. */
  readonly longRunning?: true;
  /** Field of the object that shows it. */
  readonly field: string;
}

const every = '(?:does |do )?(?:every|each|all) (?:of the )?containers?(?: of it)?';
const have = '(?:sets?|ha(?:s|ve)|defines?)';

const forms: readonly (readonly [string, RuleQuestion])[] = [
  [
    `${every} ${have} (?:a |its )?memory limits?`,
    { rules: ['NoMemoryLimit'], appOnly: true, field: 'memory' },
  ],
  [`${every} ${have} (?:a |its )?cpu requests?`, { rules: ['NoCpuRequest'], appOnly: true, field: 'cpu' }],
  [
    `${every} ${have} (?:a )?readiness probes?`,
    { rules: ['NoReadinessProbe'], appOnly: true, longRunning: true, field: 'readinessProbe' },
  ],
  [
    `${every} ${have} (?:a )?liveness probes?`,
    { rules: ['NoLivenessProbe'], appOnly: true, longRunning: true, field: 'livenessProbe' },
  ],
  [
    `${every} runs? without privileged mode`,
    { rules: ['PrivilegedContainer', 'HostProcessContainer'], field: 'privileged' },
  ],
  [
    `${every} forbids? privilege escalation`,
    {
      rules: ['PrivilegeEscalationAllowed', 'PrivilegedContainer', 'HostProcessContainer'],
      field: 'allowPrivilegeEscalation',
    },
  ],
  [
    `${every} runs? as (?:a user|users) other than root`,
    { rules: ['RunsAsRoot'], openBy: ['RootNotExcluded', 'RootInUserNamespace'], field: 'runAsUser' },
  ],
  [
    `${every} ${have} a read-only root filesystem`,
    { rules: ['WritableRootFilesystem'], field: 'readOnlyRootFilesystem' },
  ],
  [
    '(?:does |do )?(?:every|each|all) images? ha(?:s|ve) a tag other than latest, or a digest',
    { rules: ['ImageTagMutable'], openBy: ['ImageNameInvalid'], field: 'image' },
  ],
  [
    '(?:is |are )?(?:every|each|all) images? (?:is |are )?pinned by (?:its |a )?digest',
    { rules: ['ImageTagMutable', 'ImageNotPinned'], openBy: ['ImageNameInvalid'], field: 'image' },
  ],
  [
    '(?:do |does )?(?:the |all )?pods? stays? out of the network of (?:their|its) node',
    { rules: ['HostNetwork'], field: 'hostNetwork' },
  ],
];

const known = forms.map(([form, question]) => ({ regExp: new RegExp(`^${form}$`, 'i'), question }));

/**
 * What audit rules can say to a question; undefined where they say nothing. Only whole sentences that mean exactly what the
 * rules check are known, as a question or as a statement of a policy: a word that is recognised is not an understood question.
 */
export function ruleQuestionOf(text: string): RuleQuestion | undefined {
  const sentence = text
    .slice(0, 500)
    .replace(/^does this hold:/i, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/[.?! ]+$/, '')
    .trim();
  return known.find(({ regExp }) => regExp.test(sentence))?.question;
}
