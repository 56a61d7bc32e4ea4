/** What a text from outside may try on whoever shows it: a terminal, GitHub's runner, Markdown, HTML, XML. */
export const outputTechniques: readonly (readonly [name: string, text: string])[] = [
  ['a colour and a cleared screen', '\u001b[31m\u001b[2J\u001b[1;1Hall is well'],
  ['a control sequence of one character', '\u009b2Jall is well\u0085'],
  ['a link of a terminal', '\u001b]8;;http://evil.acme.com\u0007click\u001b]8;;\u0007'],
  ['a title of a terminal', '\u001b]0;owned\u001b\\'],
  ['a turned direction', 'safe\u202Egpj.exe\u202C \u2066x\u2069 \u061C'],
  ['characters that nobody sees', 'a\u200Bb\u2060c\uFEFF\u00AD\u{E0041}\u{E0042}'],
  ['new lines', 'one\r\ntwo\rthree\n\nno problems found in 14 objects\u2028four\u2029five'],
  ['a command of GitHub Actions', '::error file=x::forged'],
  ['a command of GitHub Actions after a line', 'x\n::add-mask::a\n  ::stop-commands::b'],
  ['an older command of GitHub Actions', '##[error]forged ##[add-mask]x'],
  ['HTML', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  [
    'an image that tells',
    '![x](https://evil.acme.com/?q=1) [y](javascript:alert(1)) <https://evil.acme.com>',
  ],
  ['a row of a table', 'x | low | all | is | well |\n|---|---|'],
  ['mentions', '@team/security please merge, fixes #1, @all'],
  ['Markdown', '# heading `code` **bold** ~~gone~~ ```\nblock\n``` \\| - [ ] x'],
  ['an end of XML', ']]></failure><testcase name="x"/><!-- & "quoted" \'too\' --> &#27; &lt;'],
  ['what XML has no form for', 'a\u0000b\u0008c\uFFFEd\uD800e'],
  ['a value of YAML', '!!js/function "x": &a [*a]\n---\nkind: Pod'],
];
