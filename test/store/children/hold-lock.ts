// FILE MODE: locks the database FILE, says so, and holds on until standard input ends.
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { say } from './say.ts';

const [file = '', mode] = process.argv.slice(2);
const db = new DatabaseSync(file);
// `all` keeps readers out too, as a backup tool or an editor of databases may.
if (mode === 'all') db.exec('PRAGMA locking_mode = EXCLUSIVE');
db.exec('BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS held (x)');
say('held');
process.stdin.resume();
await once(process.stdin, 'end');
