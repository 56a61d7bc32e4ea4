import { sarifLog, verdictSarifRun } from '../../gate/export/sarif-log.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { CliIo } from '../io.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stepDetail } from '../render/step-detail.ts';
import { faultFinding, findingsSarifRun, type Finding } from './findings-sarif.ts';
import { reportedUri } from './reported-path.ts';
import type { Reported, ReportedRun } from './reported.ts';

type SarifIo = Pick<CliIo, 'cwd' | 'env'>;

/**
 * A run for the faults of the files, one for the steps that failed, and one for each gate's verdict. Only problems: GitHub makes an
 * alert of every result, also of one that says `pass` or is suppressed.
 */
export function reportSarif({ faults, runs }: Reported, io: SarifIo): string {
  const failed = runs.flatMap(failedSteps);
  const verdicts = runs.flatMap((run) =>
    run.verdicts.map((given) => ({ ...given, place: run.places.get(given.step) })),
  );
  const log = sarifLog([
    findingsSarifRun(faults.map(faultFinding), 'vet', io),
    ...(runs.length === 0 ? [] : [findingsSarifRun(failed, 'run', io)]),
    ...verdicts.map(({ verdict, place }, index) => {
      const uri = reportedUri(place?.file ?? '-', io);
      // GitHub refuses a log in which two runs share tool and category, so gates of one name are numbered.
      const same = verdicts.slice(0, index).filter((other) => other.verdict.gate === verdict.gate).length;
      return problemsOf(
        verdictSarifRun(verdict, place === undefined ? { uri } : { ...place, uri }, same + 1),
      );
    }),
  ]);
  return `${stringifyJson(log, 2)}\n`;
}

function problemsOf(run: JsonObject): JsonObject {
  const results = Array.isArray(run['results']) ? (run['results'] as readonly Json[]) : [];
  const isProblem = (each: Json): boolean =>
    isObject(each) && each['kind'] === 'fail' && each['suppressions'] === undefined;
  return { ...run, results: results.filter(isProblem) };
}

/** The file is known of runs that were started here; of the others there is nothing to point at. */
function failedSteps({ result, places, verdicts }: ReportedRun): readonly Finding[] {
  return (
    allSteps(result.view.steps)
      // What a gate has to say stands in the run of its verdict.
      .filter(({ phase, path }) => phase === 'failed' && verdicts.every(({ step }) => step !== path))
      .flatMap((step) => {
        const place = places.get(step.path);
        if (place === undefined) return [];
        const { file, line, column } = place;
        const code = `StepFailed/${step.reason ?? 'Failed'}`;
        const message = stepDetail(step, 0);
        return [{ code, severity: 'error', message, file, line, column, path: step.path } as const];
      })
  );
}
