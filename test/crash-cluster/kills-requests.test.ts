import { describeKills } from './kill-suite.ts';

describeKills(['posts', 'post-between', 'retry', 'retry-exhausted', 'timeout']);
