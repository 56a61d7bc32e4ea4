/** A tool whose source or pages were read, and where. */
export interface Peer {
  readonly name: string;
  readonly source: string;
}

export type PeerName =
  | 'keptn'
  | 'keptnAnalysis'
  | 'rollouts'
  | 'flagger'
  | 'kayenta'
  | 'kargo'
  | 'polaris'
  | 'kubeScore'
  | 'kubeLinter'
  | 'conftest'
  | 'kyverno'
  | 'promptfoo'
  | 'deepeval'
  | 'openaiEvals';

export const peers: Readonly<Record<PeerName, Peer>> = {
  keptn: {
    name: 'Keptn 1.4',
    source: 'keptn/keptn 318a3d5, lighthouse-service/event_handler/evaluate_sli_handler.go',
  },
  keptnAnalysis: {
    name: 'Keptn Analysis',
    source: 'keptn/lifecycle-toolkit 40e195d, metrics-operator/controllers/common/analysis',
  },
  rollouts: {
    name: 'Argo Rollouts',
    source: 'argoproj/argo-rollouts 9f8d111, analysis/analysis.go and utils/evaluate/evaluate.go',
  },
  flagger: {
    name: 'Flagger',
    source: 'fluxcd/flagger 15bd6ad, pkg/controller/scheduler_metrics.go',
  },
  kayenta: {
    name: 'Kayenta',
    source: 'spinnaker/kayenta a69573b, kayenta-judge: NetflixACAJudge.scala',
  },
  kargo: {
    name: 'Kargo',
    source: 'akuity/kargo 1c76476, docs/docs/50-user-guide/20-how-to-guides/60-verification.md',
  },
  polaris: { name: 'polaris', source: 'FairwindsOps/polaris c0e23a2, pkg/validator/summary.go' },
  kubeScore: { name: 'kube-score', source: 'zegl/kube-score 06dedc9, scorecard/scorecard.go' },
  kubeLinter: { name: 'kube-linter', source: 'stackrox/kube-linter 35de568, pkg/command/lint/command.go' },
  conftest: { name: 'Conftest', source: 'open-policy-agent/conftest 6a3fd60, output/result.go' },
  kyverno: {
    name: 'Kyverno CLI',
    source: 'kyverno/kyverno 111e07b, cmd/cli/kubectl-kyverno/commands/apply/command.go',
  },
  promptfoo: {
    name: 'promptfoo',
    source: 'promptfoo/promptfoo, src/matchers/rubric.ts and llmGrading.ts',
  },
  deepeval: { name: 'DeepEval', source: 'confident-ai/deepeval a2e0d4c, deepeval/metrics/g_eval' },
  openaiEvals: {
    name: 'OpenAI Evals',
    source: 'openai/evals 4bfc1f5, evals/elsuite/modelgraded/classify_utils.py',
  },
};
