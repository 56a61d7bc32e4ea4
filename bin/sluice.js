#!/usr/bin/env node
// No static imports and no new syntax here: an old Node must still get as far as the message.
const oldest = [22, 19];
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(`sluice needs Node ${oldest.join('.')} or newer; this is ${process.version}\n`);
  process.exitCode = 6;
} else {
  start();
}

function start() {
  const emitWarning = process.emitWarning;
  // The store uses node:sqlite on purpose; every other warning is shown.
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      emitWarning.call(process, warning, ...rest);
  };
  keepCompiledCode();
  const built = new URL('../dist/cli/main.js', import.meta.url);
  const source = new URL('../src/cli/main.ts', import.meta.url);
  const { existsSync } = process.getBuiltinModule('node:fs');
  // A checkout that was not built runs from source.
  import((existsSync(built) || !existsSync(source) ? built : source).href).catch((error) => {
    process.stderr.write(`sluice cannot start: ${error?.stack ?? error}\n`);
    process.exitCode = 70;
  });
}

/** Starts are a third faster. The directory is the user's own: whoever may write there may run code here anyway. */
function keepCompiledCode() {
  const { isAbsolute, join } = process.getBuiltinModule('node:path');
  const { NODE_COMPILE_CACHE: chosen, XDG_CACHE_HOME: xdg = '', HOME: home = '' } = process.env;
  const caches = isAbsolute(xdg) ? xdg : join(home, '.cache');
  const directory = chosen ?? join(caches, 'sluice', 'compiled');
  if (isAbsolute(directory)) process.getBuiltinModule('node:module').enableCompileCache(directory);
}
