import { describeRef, refOf } from '../../analyze/object-name.ts';
import type { Change } from '../../runner/generate/preview-changes.ts';
import { cleanLine, visibleLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';

type ShownChange = Pick<Change, 'manifest' | 'kind' | 'before' | 'after'>;

/** Lines around a change that show where it is. */
const context = 3;

/** What would change, object by object, as people read it; '' where nothing would. */
export async function diffText(changes: readonly ShownChange[], style: Style): Promise<string> {
  const texts = await Promise.all(changes.map((change) => changeText(change, style)));
  return texts.join('');
}

async function changeText({ manifest, kind, before, after }: ShownChange, style: Style): Promise<string> {
  const title = cleanLine(describeRef(refOf(manifest, '')));
  if (kind === 'same') return '';
  const lines = await diffLines(
    before === undefined ? '' : await yamlText(before, true),
    await yamlText(after, before !== undefined),
  );
  const parts = lines.map((line) => (line === leftOut ? style.dim('  …') : lineText(line, style)));
  return `${style.bold(`${kind === 'new' ? 'new' : 'changed'}: ${title}`)}\n${parts.join('\n')}\n\n`;
}

function lineText(line: string, style: Style): string {
  const text = `${line.slice(0, 1)} ${visibleLine(line.slice(1))}`;
  if (line.startsWith(' ')) return text;
  return line.startsWith('+') ? style.green(text) : style.red(text);
}

/** Comparing texts with more differences takes too long; then everything is removed and added. */
const mostEdits = 4000;
/** Stands for lines that are the same and not near a change. */
const leftOut = '';

/** Lines with a mark, ` `, `-` or `+`, before each. */
async function diffLines(before: string, after: string): Promise<readonly string[]> {
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('', '', before, after, '', '', { context, maxEditLength: mostEdits });
  if (patch === undefined) return [...linesOf(before, '-'), ...linesOf(after, '+')];
  let next = 1;
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, lines: shown }) => {
    const gap = oldStart > next ? [leftOut] : [];
    next = oldStart + oldLines;
    return [...gap, ...shown];
  });
  return next > linesOf(before, '').length ? lines : [...lines, leftOut];
}

function linesOf(text: string, mark: string): readonly string[] {
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => `${mark}${line}`);
}

/** Servers and manifests differ in the order of fields, which means nothing. */
async function yamlText(object: object, isSorted: boolean): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(object, {
    schema: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
    sortMapEntries: isSorted,
  });
}
