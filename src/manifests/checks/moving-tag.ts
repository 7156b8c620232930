import { Check, ofEachService } from '../check';
import { containersOf } from '../containers';
import { nameOf } from '../words';

export const check: Check = {
  id: 'moving-tag',
  severities: ['warning'],
  meaning: 'An image has no tag or the tag `latest`, so that a pod of the opening may not be what was tested.',
  run: ofEachService(({ workload, jobs }) => {
    const manifests = [...workload ? [workload] : [], ...jobs.map(({ manifest }) => manifest)];
    return manifests.flatMap(object => containersOf(object)
      .filter(({ container: { image } }) => typeof image === 'string' && image !== '' && isMoving(image))
      .map(({ container: { name, image }, path }) => ({
        alike: image,
        sentence: `container '${name}' of ${nameOf(object)} has image '${image}', which may be another at each pull`,
        remedy: 'name a tag that does not move, or a digest',
        object,
        path: [...path, 'image'],
      })));
  }),
};

/** Without digest and tag, or with the tag that moves by its name. */
function isMoving(image: string): boolean {
  const tag = /:([^:/@]*)$/.exec(image)?.[1];
  return !image.includes('@') && (tag === undefined || tag === 'latest');
}
