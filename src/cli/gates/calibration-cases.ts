import { basename } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import type { Fault } from '../../api/fault.ts';
import { readCalibrationCase, type CalibrationCase } from '../../gate/judge/calibration/calibration-case.ts';
import type { InputFile } from '../../runner/session.ts';
import { readDocuments } from '../../yaml/read-documents.ts';

export interface ReadCases {
  readonly cases: readonly CalibrationCase[];
  readonly faults: readonly Fault[];
}

/** Labelled cases, one a document. Named after their files; a file of several numbers them. */
export function readCases(files: readonly InputFile[]): ReadCases {
  const cases: CalibrationCase[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const read = readDocuments(file.bytes, file.name);
    faults.push(...read.faults);
    const stem = basename(file.name).replace(/\.(?:ya?ml|json)$/, '');
    for (const document of read.documents) {
      const name = read.documents.length === 1 ? stem : `${stem}-${document.index + 1}`;
      const found = readCalibrationCase(document.value, name);
      if (found.ok) cases.push(found.value);
      else
        faults.push({ ...document.locate([]), code: 'BadCase', severity: 'error', message: found.message });
    }
  }
  const names = cases.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new SluiceError('invalid', 'DuplicateCase', `there are two cases named ${twice}`, {
      hint: 'Cases are named after their files.',
    });
  return { cases, faults };
}
