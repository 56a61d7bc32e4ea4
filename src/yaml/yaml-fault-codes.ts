/** Every code that reading YAML can report, and its meaning: the source of the reference page. */
export const yamlFaultCodes = {
  FileTooLarge: 'The file is larger than the limit (4 MiB).',
  NotUtf8: 'The bytes of the file are not UTF-8 text.',
  ControlCharacter: 'The file holds a character that YAML does not allow, such as NUL.',
  InvisibleLineBreak:
    'The file holds NEL, LS or PS, which kubectl takes for line breaks and others for text.',
  EmptyFile: 'The file holds no document.',
  TooManyDocuments: 'The file holds more documents than the limit (10,000).',
  YamlSyntax: 'The text is not YAML.',
  NestingTooDeep: 'Lists and maps are nested deeper than the limit (100).',
  DuplicateKey: 'A map has the same key twice.',
  ReservedKey: 'A key is named `__proto__`, `constructor` or `prototype`.',
  BadKey: 'A key is null, a list or a map.',
  UnknownAnchor: 'An alias names an anchor that was not defined before it, or that contains the alias.',
  AliasBomb: 'Aliases, written out, would make the document larger than the limit.',
  BadMerge: '`<<` is given something that is no map and no list of maps.',
  UnknownTag: 'A tag is not one of the YAML tags that JSON can carry.',
  BadTagValue: 'A value does not fit the tag before it, such as `!!int abc`.',
  UnsupportedNumber: 'The value is infinite or not a number, which JSON cannot carry.',
  BadList: 'A `kind: List` has no list of objects under `items`.',
  Yaml11Value: 'kubectl (YAML 1.1) and YAML 1.2 read this value differently.',
  ImpreciseNumber: 'An integer of more than 64 bits loses digits.',
  MergeOverrides: 'A `<<` that stands after a key replaces its value, as in kubectl.',
} as const;

export type YamlFaultCode = keyof typeof yamlFaultCodes;
