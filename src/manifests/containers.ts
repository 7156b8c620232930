import { Manifest } from './manifest';

/** A container of a pod template, and where it stands. */
export interface TemplateContainer {
  /** As parsed; nobody has checked it. */
  readonly container: any;
  readonly path: readonly (string | number)[];
  /** An init container that runs beside the others for as long as the pod does. */
  readonly isSidecar: boolean;
  readonly isInit: boolean;
}

/** All containers of what makes pods: init containers first, as they run. */
export function containersOf({ kind, object }: Manifest): TemplateContainer[] {
  const path = kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'];
  const pod = path.reduce((parent, key) => parent?.[key], object);
  return ['initContainers', 'containers'].flatMap(list => {
    const containers: any[] = Array.isArray(pod?.[list]) ? pod[list] : [];
    const isInit = list === 'initContainers';
    return containers
      .map((container, i) => ({ container, path: [...path, list, i], isInit, isSidecar: isInit && container?.restartPolicy === 'Always' }))
      .filter(({ container }) => container && typeof container === 'object');
  });
}

/** The containers that run for as long as a pod does. */
export function runningContainersOf(workload: Manifest): TemplateContainer[] {
  return containersOf(workload).filter(({ isInit, isSidecar }) => !isInit || isSidecar);
}
