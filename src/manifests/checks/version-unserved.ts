import { TargetKind, targetKindOf } from '../../core/plan/target-kind';
import { Check, ofEachService } from '../check';
import { isLive } from '../manifest';
import { nameOf } from '../words';

export const check: Check = {
  id: 'version-unserved',
  severities: ['warning'],
  meaning: 'The manifest of a target or a workload is in a version that current Kubernetes does not serve, so that an apply is refused.',
  run: ofEachService(({ target, workload }) => [...new Set([target, workload])].flatMap(object => {
    const row = object && targetKindOf(object);
    return !object || isLive(object) || !row || isServed(row, object.apiVersion) ? [] : [{
      alike: `${object.apiVersion} ${object.kind}`,
      sentence: `${nameOf(object)} is written as ${object.apiVersion}, which current Kubernetes does not serve: it refuses to apply it`,
      remedy: `write it as ${row.apiVersion}`,
      object,
      path: ['apiVersion'],
    }];
  })),
};

function isServed(row: TargetKind, version: string): boolean {
  return [row.apiVersion, ...row.alsoServed ?? []].includes(version);
}
