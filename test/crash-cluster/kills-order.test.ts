import { describeKills } from './kill-suite.ts';

describeKills(['dag', 'group', 'suspend', 'list']);
