import { Manifest } from './manifest';
import { ParsedContainer, ParsedPod, containersIn, isSidecar } from '../core/plan/pod-shape';

/** A container of a pod template, and where it stands. */
export interface TemplateContainer {
  readonly container: ParsedContainer;
  readonly path: readonly (string | number)[];
  /** An init container that does not run beside the others for as long as the pod does. */
  readonly isOver: boolean;
}

/** The pod of what makes pods; one without containers where the template is missing. */
export function podOf(manifest: Manifest | undefined): ParsedPod {
  return manifest ? podPathOf(manifest).reduce((parent, key) => parent?.[key], manifest.object) ?? {} : {};
}

/** All containers of what makes pods: init containers first, as they run. */
export function containersOf(manifest: Manifest): TemplateContainer[] {
  const pod = podOf(manifest);
  return (['initContainers', 'containers'] as const).flatMap(list => {
    const parsed = pod[list];
    return containersIn(parsed).map(container => ({
      container,
      path: [...podPathOf(manifest), list, (parsed as unknown[]).indexOf(container)],
      isOver: list === 'initContainers' && !isSidecar(container),
    }));
  });
}

/** The containers that run for as long as a pod does. */
export function runningContainersOf(workload: Manifest): TemplateContainer[] {
  return containersOf(workload).filter(({ isOver }) => !isOver);
}

export function podPathOf({ kind }: Manifest): string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'];
}
