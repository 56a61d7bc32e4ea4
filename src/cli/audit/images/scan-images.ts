import type { Finding } from '../../../analyze/finding.ts';
import { textAt } from '../../../analyze/json-fields.ts';
import { refOf } from '../../../analyze/object-name.ts';
import { workloadOf, type Workload } from '../../../analyze/pod-template.ts';
import { quoteText } from '../../../analyze/quote-text.ts';
import { SluiceError } from '../../../api/errors.ts';
import type { ReportFinding } from '../../../gate/reports/report.ts';
import type { Audited } from '../audited.ts';
import type { CliIo } from '../../io.ts';
import { imageFindings } from './image-findings.ts';
import { findTrivy } from './find-trivy.ts';
import { scanImage, type ScannedImage, type Scanner } from './scan-image.ts';

export interface ImageScan {
  /** Images that Trivy looked into. */
  readonly scanned: readonly string[];
  readonly notScanned: readonly { readonly image: string; readonly because: string }[];
  readonly findings: readonly Finding[];
  /** Why no image was to be looked into; absent where they were. */
  readonly leftOut?: 'no-images' | 'no-trivy' | 'ci';
}

export interface ImageFlags {
  /** Absent: where Trivy is there, except in CI. */
  readonly images?: boolean;
}

/** All images together may take so many times what one may take. */
const timesOfOne = 10;

/** Has Trivy look into the images of what was judged, each once. Throws SluiceError `invalid` where it was asked for and is absent. */
export async function scanImages(
  audited: Audited,
  { images: isWanted }: ImageFlags,
  timeoutMs: number,
  io: Pick<CliIo, 'env' | 'now'>,
): Promise<ImageScan> {
  const nothing = { scanned: [], notScanned: [], findings: [] };
  if (isWanted === false) return { ...nothing, leftOut: 'no-images' };
  const { PATH: path, CI: ci = '' } = io.env;
  const program = await findTrivy(path);
  if (program === undefined && isWanted === true)
    throw new SluiceError('invalid', 'NoTrivy', '--images needs trivy, and there is none on PATH', {
      hint: 'Install Trivy, or leave --images out.',
    });
  if (program === undefined) return { ...nothing, leftOut: 'no-trivy' };
  // Trivy loads its database and the images from the network, which a pipeline should have been asked for.
  if (isWanted === undefined && ci !== '' && ci !== 'false') return { ...nothing, leftOut: 'ci' };
  const workloads = judgedWorkloads(audited);
  const named = new Set(
    workloads.flatMap(({ containers }) => containers.map(({ spec }) => textAt(spec, 'image'))),
  );
  named.delete('');
  const found = await scanAll([...named], { program, env: io.env, timeoutMs }, io.now);
  return {
    scanned: [...found.known.keys()].map(shownName),
    notScanned: found.unknown.map(({ image, because }) => ({ image: shownName(image), because })),
    findings: workloads.flatMap((workload) => imageFindings(workload, clusterOf(audited), found.known)),
  };
}

/** A manifest may hold anything for a name, credentials of a registry among it. */
function shownName(image: string): string {
  return quoteText(image, 300);
}

/** One after the other: two processes of Trivy keep each other from its cache. */
async function scanAll(
  images: readonly string[],
  scanner: Scanner,
  now: () => number,
): Promise<{
  readonly known: ReadonlyMap<string, readonly ReportFinding[]>;
  readonly unknown: ImageScan['notScanned'];
}> {
  const endMs = now() + scanner.timeoutMs * timesOfOne;
  const known = new Map<string, readonly ReportFinding[]>();
  const unknown: { readonly image: string; readonly because: string }[] = [];
  for (const image of images) {
    const leftMs = endMs - now();
    const timeoutMs = Math.min(scanner.timeoutMs, leftMs);
    const answer: ScannedImage =
      leftMs > 0
        ? // oxlint-disable-next-line no-await-in-loop -- see above
          await scanImage(image, { ...scanner, timeoutMs })
        : { ok: false, because: 'the time for all images was over' };
    if (answer.ok) known.set(image, answer.findings);
    else unknown.push({ image, because: answer.because });
  }
  return { known, unknown };
}

/** Of what was judged: not what it was judged by. */
function judgedWorkloads({ objects, given }: Audited): readonly Workload[] {
  const judged = new Set(objects.map((object) => keyOf(object)));
  return given
    .filter((object) => judged.has(keyOf(refOf(object, ''))))
    .map(workloadOf)
    .filter((workload) => workload !== undefined);
}

function keyOf({ apiVersion, kind, namespace = '', name }: Audited['objects'][number]): string {
  return [apiVersion, kind, namespace, name].join('\n');
}

function clusterOf({ objects }: Audited): string {
  return objects[0]?.cluster ?? '';
}
