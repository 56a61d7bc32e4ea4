import type { Analyzer } from '../analyzer.ts';
import { present } from '../reference.ts';
import { claimProblems } from '../storage/claim.ts';
import { deprecatedProvisioner, severalDefaults } from '../storage/storage-class.ts';
import { volumeProblem } from '../storage/volume.ts';

export const storage: Analyzer = {
  name: 'Storage',
  judges: ['StorageClass', 'PersistentVolume', 'PersistentVolumeClaim'],
  reads: ['Pod', 'Event'],
  check: (look) => {
    switch (look.object.kind) {
      case 'StorageClass':
        return present([deprecatedProvisioner(look), severalDefaults(look)]);
      case 'PersistentVolume':
        return present([volumeProblem(look)]);
      default:
        return claimProblems(look);
    }
  },
};
