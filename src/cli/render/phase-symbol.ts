import type { RunPhase, StepPhase } from '../../api/status.ts';
import type { Style } from '../terminal/style.ts';

const unicode = {
  pending: '◌',
  running: '●',
  suspending: '‖',
  succeeded: '✓',
  failed: '✗',
  skipped: '⊘',
} as const satisfies Record<StepPhase, string>;

const ascii = {
  pending: '.',
  running: '*',
  suspending: '=',
  succeeded: '+',
  failed: 'x',
  skipped: '-',
} as const satisfies Record<StepPhase, string>;

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const asciiSpinner = ['|', '/', '-', '\\'];

/** One character for a phase; with `frame` a running step turns. */
export function phaseSymbol(phase: StepPhase, style: Style, frame?: number): string {
  const turning = style.hasUnicode ? spinner : asciiSpinner;
  const symbol =
    phase === 'running' && frame !== undefined
      ? (turning[frame % turning.length] ?? '*')
      : (style.hasUnicode ? unicode : ascii)[phase];
  return paintPhase(phase, symbol, style);
}

/** The text in the colour of a phase. */
export function paintPhase(phase: StepPhase | RunPhase, text: string, style: Style): string {
  switch (phase) {
    case 'succeeded':
      return style.green(text);
    case 'failed':
    case 'terminated':
      return style.red(text);
    case 'skipped':
    case 'pending':
      return style.dim(text);
    case 'suspending':
      return style.yellow(text);
    case 'running':
    case 'executing':
    case 'initializing':
      return style.cyan(text);
  }
}
