/** What to do about the last thing that a program said before it ended; undefined when it is nothing known. */
export function adviseOnLastWords(words: string): string | undefined {
  return advice.find(({ pattern }) => pattern.test(words))?.fix;
}

const advice: readonly { readonly pattern: RegExp; readonly fix: string }[] = [
  {
    pattern: /exec format error/i,
    fix: 'Use an image that was built for the CPU architecture of the node (arm64 or amd64).',
  },
  {
    pattern: /connection refused|ECONNREFUSED|i\/o timeout|ETIMEDOUT|connect timed out/i,
    fix: 'Something that it connects to at start does not answer: check the address in its last words, and whether that service runs; better, let it wait and try again.',
  },
  {
    pattern: /no such host|ENOTFOUND|EAI_AGAIN|name or service not known|could not translate host name/i,
    fix: 'A host name that it connects to is unknown: correct the name in its configuration (within the cluster: SERVICE.NAMESPACE).',
  },
  {
    pattern: /read-only file system|EROFS/i,
    fix: 'It writes to its root filesystem, which is read-only: mount an emptyDir at the path in its last words.',
  },
  {
    pattern: /permission denied|EACCES|operation not permitted|EPERM/i,
    fix: 'The user it runs as may not do what its last words name: give that user the file (fsGroup, or ownership in the image), or listen on a port above 1023.',
  },
  {
    pattern: /address already in use|EADDRINUSE/i,
    fix: 'Two programs of the Pod listen on one port: give one of them another.',
  },
  {
    pattern: /password authentication failed|access denied for user|authentication failed|unauthorized/i,
    fix: 'It is refused by a service that it logs in to: correct the user and password in its Secret.',
  },
  {
    pattern:
      /(?:environment variable|env(?:ironment)? var).{0,80}(?:not set|required|missing|undefined)|missing required (?:environment|env|config)/i,
    fix: 'A setting that it needs is missing: set the variable that its last words name.',
  },
  {
    pattern: /out of memory|heap limit|OutOfMemoryError|cannot allocate memory/i,
    fix: 'It ran out of memory by its own account: raise its heap size or its memory limit.',
  },
  {
    pattern:
      /no such file or directory|ENOENT|cannot find module|ModuleNotFoundError|ClassNotFoundException/i,
    fix: 'A file that it needs is not there: check the mounts, the working directory and the image.',
  },
];
