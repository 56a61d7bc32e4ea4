import { parseXml, XmlElement, XmlError, type XmlDocument } from '@rgrove/parse-xml';
import { finding, type Found } from './found.ts';
import { ReportFault } from './report-node.ts';
import type { ReportFinding } from './report.ts';

const maxDepth = 64;

/** JUnit XML: `testsuites` or one `testsuite`. Skipped tests were not checked. The parser knows no entities of a document's own. */
export function readJunit(text: string): Found {
  const { root } = parse(text);
  if (root === null || (root.name !== 'testsuites' && root.name !== 'testsuite'))
    throw new ReportFault('the root must be testsuites or testsuite');
  const findings: ReportFinding[] = [];
  const checked = visit(root, '', 1, findings);
  return { tool: 'JUnit', findings, checked };
}

function parse(text: string): XmlDocument {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof XmlError)
      throw new ReportFault(`it is not XML (line ${error.line}, column ${error.column})`, { cause: error });
    // The parser descends by calls.
    if (error instanceof RangeError) throw new ReportFault('it is nested too deeply', { cause: error });
    throw error;
  }
}

/** Number of tests that ran under an element; what failed is added to `findings`. */
function visit(element: XmlElement, path: string, depth: number, findings: ReportFinding[]): number {
  if (depth > maxDepth) throw new ReportFault(`it is nested deeper than ${maxDepth}`);
  let ran = 0;
  const before = findings.length;
  for (const child of elementsOf(element)) {
    if (child.name === 'testsuite')
      ran += visit(child, child.attributes['name'] ?? path, depth + 1, findings);
    else if (child.name === 'testcase') ran += readCase(child, path, findings);
  }
  // Only a suite's own numbers: sums of outer elements are written in too many ways.
  const says = numberOf(element, 'failures') + numberOf(element, 'errors');
  if (element.name === 'testsuite' && says > findings.length - before)
    throw new ReportFault(
      `testsuite "${(element.attributes['name'] ?? path).slice(0, 80)}" says ${says} failures and lists ${findings.length - before}`,
    );
  return ran;
}

function readCase(test: XmlElement, suite: string, findings: ReportFinding[]): number {
  const children = elementsOf(test);
  const failure = children.find(({ name }) => name === 'failure' || name === 'error');
  if (failure === undefined) return children.some(({ name }) => name === 'skipped') ? 0 : 1;
  const name = (test.attributes['name'] ?? 'unnamed').slice(0, 200);
  const message = failure.attributes['message'] ?? failure.text.trim();
  const place = (test.attributes['classname'] ?? suite).slice(0, 200);
  findings.push(finding(name, 'high', message.slice(0, 500), place));
  return 1;
}

function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter((child) => child instanceof XmlElement);
}

function numberOf(element: XmlElement, name: string): number {
  const text = element.attributes[name] ?? '0';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
