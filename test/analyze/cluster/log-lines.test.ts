import { expect, test } from 'vitest';
import { maskSecrets } from '../../../src/analyze/secrets/mask-secrets.ts';
import { tellingLine } from '../../../src/analyze/cluster/logs/telling-line.ts';

test.each<[what: string, log: string]>([
  ['a count of none', 'done: 0 errors, no failures\nerrors=0 failed: 0 error_rate=0.0'],
  ['an empty field', 'level=debug err=nil error=<nil>\n{"error":null,"failed":false} ok'],
  [
    'a file, a page, an option',
    'GET /error.html 200\nreading /etc/app/error-pages.conf\nwith --on-error=retry',
  ],
  ['a line that calls itself harmless', 'level=info msg="retry after error"\nINFO: failed over as planned'],
  ['klog at level info', 'I1121 18:30:00.000000       1 main.go:3] error budget of last week'],
  [
    'a document at level info',
    '{"level":"info","msg":"Error reporting is on"}\n{"level":30,"msg":"failed to find none"}',
  ],
  ['nothing', ''],
  ['a warning', '2026-11-21T18:30:00Z WARN connection failed, trying again'],
  ['a word within a word', 'terrorist, infallible, erroring'],
])('no line tells of a failure: %s', (_, log) => {
  expect(tellingLine(log)).toBeUndefined();
});

test.each<[what: string, log: string, weight: string, line: string, count: number]>([
  [
    'a panic of Go, not what follows it',
    'started\npanic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\nexit status 2',
    'fatal',
    'panic: runtime error: index out of range',
    1,
  ],
  [
    'an exception of Python, not its frames',
    'Traceback (most recent call last):\n  File "app.py", line 3, in <module>\n    raise ValueError("x")\nValueError: no DSN',
    'fatal',
    'ValueError: no DSN',
    2,
  ],
  [
    'the cause at the end of a trace of Java',
    'Exception in thread "main" java.lang.IllegalStateException: no start\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\tat d.E.f(E.java:2)\nCaused by: java.io.IOException: db:5432\n\t... 3 more',
    'fatal',
    'Caused by: java.io.IOException: db:5432',
    3,
  ],
  [
    'the first of what was told together',
    'ERROR: cannot reach db:5432\nERROR: giving up',
    'error',
    'ERROR: cannot reach db:5432',
    2,
  ],
  [
    'fatal before error',
    'level=fatal msg="no config"\nlevel=error msg="later"',
    'fatal',
    'level=fatal msg="no config"',
    2,
  ],
  ['a document', '{"level":"error","msg":"no route"}', 'error', '{"level":"error","msg":"no route"}', 1],
  ['a number of pino', '{"level":60,"msg":"gone"}', 'fatal', '{"level":60,"msg":"gone"}', 1],
  [
    'klog',
    'E1121 18:30:00.000000       1 main.go:3] no lease',
    'error',
    'E1121 18:30:00.000000       1 main.go:3] no lease',
    1,
  ],
  [
    'a level after a time',
    '2026-11-21 18:30:00,123 ERROR db: gone',
    'error',
    '2026-11-21 18:30:00,123 ERROR db: gone',
    1,
  ],
  ['a level in brackets, in colours', '[\u001b[31merror\u001b[0m] gone', 'error', '[error] gone', 1],
  [
    'an error of Node',
    "Error: Cannot find module 'x'\n    at a (b.js:1:2)",
    'error',
    "Error: Cannot find module 'x'",
    1,
  ],
  [
    'a panic of Rust',
    "thread 'main' panicked at src/main.rs:2:5:\nboom",
    'fatal',
    "thread 'main' panicked at src/main.rs:2:5:",
    1,
  ],
  ['a word', 'could not start: failed to bind', 'word', 'could not start: failed to bind', 1],
])('the telling line: %s', (_, log, weight, line, count) => {
  expect(tellingLine(log)).toEqual({ weight, line, count });
});

test('a line of a megabyte and one of signs are read in linear time', () => {
  const log = `${'error '.repeat(200_000)}\n${'"level":'.repeat(200_000)}\n${'a.b_'.repeat(300_000)}`;
  expect(tellingLine(log)?.count).toBe(1);
});

test.each([
  ['login with password=hunter22 failed', 'login with password=*** failed'],
  ['{"apiKey":"abc def","user":"bo"}', '{"apiKey":"***","user":"bo"}'],
  ['dial postgres://app:s3cret@db:5432/x', 'dial postgres://***@db:5432/x'],
  ['Authorization: Bearer abcdef123456', 'Authorization: ***'],
  ['refused ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'refused ***'],
  ['no such host db.shop', 'no such host db.shop'],
])('secrets that show as such are masked: %s', (line, masked) => {
  expect(maskSecrets(line)).toBe(masked);
});
