import { SluiceError } from '../api/errors.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { GateRefusal, RequiredVerdict } from '../api/kept-verdict.ts';
import { admit, admitObjects, type Admission } from '../engine/admission.ts';
import { judgedObject } from '../gate/judged-object.ts';

export interface StepGuard {
  /** Throws SluiceError `denied` unless every required verdict is open at this moment. */
  checkOpen(): void;
  /** As `checkOpen`, and each of the verdicts must be about exactly these objects. */
  admit(objects: readonly JsonObject[]): void;
  /** The first thing that was refused, whatever the op made of it. */
  readonly refusal: (GateRefusal & { readonly message: string }) | undefined;
}

/** Holds one effect to the verdicts that bind its step. Without verdicts it lets everything through. */
export function openStepGuard(
  verdicts: readonly RequiredVerdict[],
  runNamespace: string,
  now: () => number,
): StepGuard {
  let refusal: StepGuard['refusal'];
  const hold = (gate: string, admission: Admission): void => {
    if (admission.isOpen) return;
    const { code, message } = admission;
    refusal ??= { gate, code, message };
    throw new SluiceError('denied', code, message);
  };
  const checkOpen = (): void => {
    for (const { gate, verdict } of verdicts) hold(gate, admit(gate, verdict, now()));
  };
  return {
    checkOpen,
    admit(objects) {
      if (verdicts.length === 0) return;
      checkOpen();
      const judged = objects.map((object) => judgedObject(object, runNamespace));
      const named = judged.map(({ kind, name, digest }) => ({ what: `${kind} ${name}`, digest }));
      // No gate judges a status, and a server that has no subresource for it would store it.
      const other =
        named[objects.findIndex(({ status }) => isObject(status) && Object.keys(status).length > 0)];
      for (const { gate, verdict } of verdicts) {
        if (other !== undefined) hold(gate, refuseStatus(other.what));
        hold(gate, admitObjects(gate, verdict, named));
      }
    },
    get refusal() {
      return refusal;
    },
  };
}

function refuseStatus(what: string): Admission {
  const message = `${what} has a \`status\`, which no gate judges: leave it out`;
  return { isOpen: false, code: 'UnjudgedStatus', message };
}
