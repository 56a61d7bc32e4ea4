import { describeRef, refOf } from '../../analyze/object-name.ts';
import type { Change } from '../../runner/generate/preview-changes.ts';
import { cleanLine, visibleLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { diffLines, type DiffLine } from './line-diff.ts';

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
  const lines = diffLines(
    before === undefined ? [] : await yamlLines(before, true),
    await yamlLines(after, before !== undefined),
  );
  const parts = withContext(lines).map((line) =>
    line === undefined ? style.dim('  …') : lineText(line, style),
  );
  return `${style.bold(`${kind === 'new' ? 'new' : 'changed'}: ${title}`)}\n${parts.join('\n')}\n\n`;
}

function lineText({ kind, text }: DiffLine, style: Style): string {
  const clean = visibleLine(text);
  if (kind === 'same') return `  ${clean}`;
  return kind === 'added' ? style.green(`+ ${clean}`) : style.red(`- ${clean}`);
}

/** Lines that are near a change; undefined stands for those that are left out. */
function withContext(lines: readonly DiffLine[]): readonly (DiffLine | undefined)[] {
  const isNear = lines.map(() => false);
  lines.forEach(({ kind }, index) => {
    if (kind !== 'same') isNear.fill(true, Math.max(0, index - context), index + context + 1);
  });
  return lines.flatMap((line, index): (DiffLine | undefined)[] => {
    if (isNear[index] === true) return [line];
    return index === 0 || isNear[index - 1] === true ? [undefined] : [];
  });
}

/** Servers and manifests differ in the order of fields, which means nothing. */
async function yamlLines(object: object, isSorted: boolean): Promise<readonly string[]> {
  const { stringify } = await import('yaml');
  const text = stringify(object, {
    schema: 'yaml-1.1',
    aliasDuplicateObjects: false,
    lineWidth: 0,
    sortMapEntries: isSorted,
  });
  return text.trimEnd().split('\n');
}
