import { describeKills } from './kill-suite.ts';

describeKills(['gate-pass', 'gate-fail', 'gate-refused', 'models']);
