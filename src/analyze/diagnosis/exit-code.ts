/** What the exit code of a container usually means; undefined when it says nothing by itself (1, 2, 3 …: the program's own). */
export function explainExitCode(code: number): string | undefined {
  if (code > 128 && code <= 128 + 64) {
    const signal = signals[code - 128];
    return signal === undefined ? `killed by signal ${code - 128}` : `killed by ${signal}`;
  }
  return codes[code];
}

const codes: Readonly<Record<number, string>> = {
  0: 'it ended by itself without an error',
  125: 'the container could not be run',
  126: 'the command is not executable',
  127: 'the command was not found',
};

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL, an instruction that the CPU does not have',
  6: 'SIGABRT, the program gave up',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL, from outside',
  11: 'SIGSEGV, a memory fault of the program',
  13: 'SIGPIPE',
  15: 'SIGTERM, asked to stop',
};
