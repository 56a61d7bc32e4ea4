import { describeKills } from './kill-suite.ts';

describeKills(['handlers', 'finally']);
