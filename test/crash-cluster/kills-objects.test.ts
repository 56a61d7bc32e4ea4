import { describeKills } from './kill-suite.ts';

describeKills(['inputs', 'deploy', 'secret', 'long-output']);
