import { Check, ofEachService } from '../check';
import { containersOf } from '../containers';
import { nameOf } from '../words';

export const check: Check = {
  id: 'moving-tag',
  severities: ['warning'],
  meaning: 'An image has no tag or the tag `latest`, so that a pod of the opening may not be what was tested.',
  run: ofEachService(({ workload, jobs }) => {
    const images = [...workload ? [workload] : [], ...jobs.map(({ manifest }) => manifest)]
      .flatMap(manifest => containersOf(manifest).map(({ container: { name, image }, path }) => ({ manifest, name, image, path: [...path, 'image'] })))
      .filter(({ image }) => typeof image === 'string' && image !== '' && isMoving(image));
    // the jobs have one image
    return images.filter(({ image }, i) => images.findIndex(other => other.image === image) === i).map(({ manifest, name, image, path }) => ({
      sentence: `container '${name}' of ${nameOf(manifest)} has image '${image}', which may be another at each pull`,
      remedy: 'name a tag that does not move, or a digest',
      object: manifest,
      path,
    }));
  }),
};

/** Without digest and tag, or with the tag that moves by its name. */
function isMoving(image: string): boolean {
  const tag = /:([^:/@]*)$/.exec(image)?.[1];
  return !image.includes('@') && (tag === undefined || tag === 'latest');
}
