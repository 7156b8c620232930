import { Deployed, DeployedService, isReferredTo, titleOf } from './deployed';
import { Finding } from './finding';
import { Member, baselineOf, peakOf, sumOf } from './fleet';
import { Manifest, formatPosition } from './manifest';
import { parseQuantity } from './quantity';
import { ALLOWANCES, creationMs, creationsOf, fullFrom } from '../core/plan/lead';
import { PLAN_KEY } from '../core/plan/names';
import { Opening, Plan, endOf, highestOf, startOf } from '../core/plan/plan';
import { EpochMs } from '../core/time/instant';
import { formatCount, formatSome } from '../core/time/numbers';
import { DAY } from '../core/time/wall-clock';
import { formatDay, formatMoment, formatSpan } from '../core/time/words';

/** A season that ends within this time is worth a word. */
const SOON_MS = 28 * DAY;

/** From this many openings on, an event is a season. */
const SEASON = 3;

/** Nobody plans an opening this long ahead; a year with a typo is. */
const FAR_MS = 400 * DAY;

/** As many pods as Kubernetes is built for, in a whole cluster. */
const MOST_PODS = 150_000;

/** A lead that is longer by this than pods need is paid for, and buys nothing. */
const SPARE_LEAD_MS = DAY;

/** What a person should look at, as seen from an instant; what is past needs no looking at. */
export function findingsOf(deployed: Deployed, now: EpochMs): Finding[] {
  return [
    ...deployed.unreadable,
    ...deployed.services.flatMap(service => [
      ...twice(deployed, service),
      ...nothingAhead(service, now),
      ...sizes(service, now),
      ...leads(service, now),
      ...images(service),
      ...fieldsOfOurs(service),
      ...otherAutoscalers(deployed, service),
      ...cpuRequests(service),
      ...jobs(service, now),
    ]),
    ...lastOpenings(deployed.services, now),
    ...quotas(deployed, now),
    ...fleet(deployed.services, now),
  ];
}

function twice({ services }: Deployed, service: DeployedService): Finding[] {
  const first = services.find(other => titleOf(other) === titleOf(service))!;
  return first === service ? [] : [{
    id: 'service-twice',
    severity: 'error',
    service: titleOf(service),
    sentence: `a second plan for '${titleOf(service)}', the first is at ${formatPosition(first.config.at())}; only one of them can be in the cluster`,
    position: service.config.at('metadata', 'name'),
  }];
}

function nothingAhead(service: DeployedService, now: EpochMs): Finding[] {
  const { openings } = service.plan;
  const last = openings[openings.length - 1];
  return !last || openings.some(opening => endOf(opening) > now) ? [] : [{
    id: 'nothing-ahead',
    severity: 'warning',
    service: titleOf(service),
    sentence: `every opening is past, the last was '${last.event}' on ${formatDay(last.at, last.timeZone)}; `
      + 'add the next, or take the events out',
    position: service.config.at('data', PLAN_KEY),
  }];
}

/** An event has one last opening, however many services answer to it. */
function lastOpenings(services: readonly DeployedService[], now: EpochMs): Finding[] {
  const ends = new Map<string, { isSeason: boolean; last: Opening; services: DeployedService[] }>();
  for (const service of services) {
    for (const openings of byEvent(service.plan.openings).values()) {
      const last = openings[openings.length - 1];
      const isSeason = openings.length >= SEASON;
      const key = JSON.stringify([last.event, last.at, isSeason]);
      ends.set(key, { isSeason, last, services: [...ends.get(key)?.services ?? [], service] });
    }
  }
  return [...ends.values()].flatMap(({ isSeason, last, services: its }): Finding[] => {
    const head = {
      severity: 'warning',
      ...(its.length === 1 ? { service: titleOf(its[0]) } : {}),
      position: its[0].config.at('data', PLAN_KEY),
    } as const;
    const opens = `its last opening on ${formatMoment(last.at, last.timeZone)}, in ${formatSpan(last.at - now)}`;
    return [
      ...isSeason && last.at >= now && last.at < now + SOON_MS ? [{
        ...head,
        id: 'season-ends-soon',
        sentence: `the season '${last.event}' of ${someOf(its.map(titleOf))} has ${opens}; move 'lastDate' if it goes on`,
      } as const] : [],
      ...last.at >= now + FAR_MS ? [{
        ...head,
        id: 'far-ahead',
        sentence: `'${last.event}' of ${someOf(its.map(titleOf))} has ${opens}; is the year right?`,
      } as const] : [],
    ];
  });
}

/** What an event asks for beside what is there, and what a cluster holds. */
function sizes(service: DeployedService, now: EpochMs): Finding[] {
  const { plan } = service;
  const of = (id: Finding['id'], severity: Finding['severity'], isIt: (opening: Opening) => boolean, says: (opening: Opening) => string) =>
    [...byEvent(plan.openings.filter(opening => endOf(opening) > now && isIt(opening))).values()].map((openings): Finding => ({
      id,
      severity,
      service: titleOf(service),
      sentence: `'${openings[0].event}' ${says(openings[0])}${alike(openings)}`,
      position: service.config.at('data', PLAN_KEY),
    }));
  return [
    ...of('below-baseline', 'warning', ({ floor }) => floor < plan.baseline.floor, ({ floor }) =>
      `asks for ${formatPods(floor)}, the baseline is ${formatCount(plan.baseline.floor)}: the event changes nothing`),
    ...of('too-many-pods', 'error', ({ floor }) => floor > MOST_PODS, ({ floor }) =>
      `asks for ${formatPods(floor)}, and Kubernetes is built for ${formatCount(MOST_PODS)} in a cluster; are the demand and the capacity of a pod right?`),
    ...of('lead-too-long', 'warning', opening => opening.readyBy - fullFrom(opening) > timeFor(plan, opening).needs + SPARE_LEAD_MS, opening =>
      `keeps ${formatPods(opening.floor)} for ${formatSpan(opening.at - startOf(opening))} before it opens, ${formatCount(Math.round(podHoursBefore(plan, opening)))} `
      + `pod-hours more than the baseline; they are Ready within ${formatSpan(timeFor(plan, opening).needs)}, so a shorter 'lead' is enough`),
  ];
}

/** What is kept beyond the baseline until an opening; windows are nested. */
function podHoursBefore({ baseline }: Plan, { windows, at }: Opening): number {
  const lowestFirst = [...windows].sort((a, b) => a.floor - b.floor);
  return lowestFirst.reduce((sum, { from, floor }, i) => {
    const below = Math.max(baseline.floor, lowestFirst[i - 1]?.floor ?? 0);
    return sum + Math.max(0, floor - below) * Math.max(0, at - from) / 3_600_000;
  }, 0);
}

/** How long it takes until all pods of an opening are Ready: at least, and on a cluster that needs new nodes and the image. */
function timeFor(plan: Plan, opening: Opening): { readonly pods: number; readonly atLeast: number; readonly needs: number } {
  const { jobMs, autoscalerMs, nodesMs, imageMs } = ALLOWANCES;
  const pods = opening.floor - plan.baseline.floor;
  const atLeast = jobMs + autoscalerMs + creationMs(pods) + plan.startupMs;
  return { pods, atLeast, needs: atLeast + nodesMs + imageMs };
}

function leads(service: DeployedService, now: EpochMs): Finding[] {
  const { plan } = service;
  const { jobMs, autoscalerMs, nodesMs, imageMs } = ALLOWANCES;
  return [...byEvent(plan.openings).values()].flatMap((openings): Finding[] => {
    const late = openings.filter(opening => endOf(opening) > now)
      .map(opening => ({ opening, has: opening.readyBy - fullFrom(opening), ...timeFor(plan, opening) }))
      .filter(({ has, needs }) => has < needs);
    if (late.length === 0) {
      return [];
    }
    const worst = late.reduce((a, b) => b.needs - b.has > a.needs - a.has ? b : a);
    const { opening, pods, has, atLeast, needs } = worst;
    const lead = opening.at - startOf(opening) + Math.ceil((needs - has) / 60_000) * 60_000;
    return [{
      id: 'lead-too-short',
      severity: has < atLeast ? 'error' : 'warning',
      service: titleOf(service),
      sentence: `'${opening.event}' asks for ${formatPods(opening.floor)} only ${formatSpan(Math.max(0, has))} before they must be Ready, `
        + `which takes up to ${formatSpan(needs)} (job ${formatSpan(jobMs)}, autoscaler ${formatSpan(autoscalerMs)}, `
        + `creating ${formatPods(pods)} ${formatSpan(creationMs(pods))}, new nodes ${formatSpan(nodesMs)}, image ${formatSpan(imageMs)}, `
        + `start-up ${formatSpan(plan.startupMs)}); a 'lead' of ${formatSpan(lead)} is enough`
        + alike(late),
      position: service.config.at('data', PLAN_KEY),
    }];
  });
}

/** Fields that the keeper writes and that nobody else should. */
function fieldsOfOurs(service: DeployedService): Finding[] {
  const { plan } = service;
  // what is read from a cluster has these fields, by the keeper's and the autoscaler's hand
  const [target, workload] = [service.target, service.workload].map(manifest => isLive(manifest) ? undefined : manifest);
  const findings: Finding[] = [];
  const minimum = target?.kind === 'ScaledObject' ? 'minReplicaCount' : 'minReplicas';
  if (target?.object.spec?.[minimum] !== undefined) {
    findings.push({
      id: 'min-replicas-set',
      severity: 'warning',
      service: titleOf(service),
      sentence: `${nameOf(target)} has '${minimum}: ${target.object.spec[minimum]}': every apply takes the floor down to it for a moment; `
        + 'take the field out, the keeper writes it',
      position: target.at('spec', minimum),
    });
  }
  if (workload?.object.spec?.replicas !== undefined) {
    findings.push({
      id: 'replicas-set',
      severity: 'error',
      service: titleOf(service),
      sentence: `${nameOf(workload)} has 'replicas: ${workload.object.spec.replicas}': an apply in the middle of an event kills all pods but those; `
        + 'take the field out, the autoscaler writes it',
      position: workload.at('spec', 'replicas'),
    });
  }
  const most = target?.kind === 'ScaledObject' ? 'maxReplicaCount' : 'maxReplicas';
  const ceiling = target?.object.spec?.[most];
  if (typeof ceiling === 'number' && plan.fixedCeiling !== undefined && ceiling < highestOf(plan).floor) {
    findings.push({
      id: 'ceiling-too-low',
      severity: 'error',
      service: titleOf(service),
      sentence: `${nameOf(target!)} has '${most}: ${ceiling}', below the plan's highest floor of ${formatCount(highestOf(plan).floor)}; `
        + `raise it to ${formatCount(plan.fixedCeiling)}, as the plan says`,
      position: target!.at('spec', most),
    });
  }
  return findings;
}

function isLive(manifest: Manifest | undefined): boolean {
  return manifest?.object.metadata?.uid !== undefined;
}

function otherAutoscalers({ manifests }: Deployed, service: DeployedService): Finding[] {
  const { plan, config, target } = service;
  return manifests
    .filter(manifest => manifest.namespace === config.namespace && (manifest.kind === 'HorizontalPodAutoscaler' || manifest.kind === 'ScaledObject'))
    .filter(manifest => manifest !== target && !isReferredTo(manifest, plan.target))
    .filter(({ object }) => object.spec?.scaleTargetRef?.name === plan.workload.name
      && (object.spec.scaleTargetRef.kind ?? 'Deployment') === plan.workload.kind)
    .map(other => ({
      id: 'two-autoscalers',
      severity: 'error',
      service: titleOf(service),
      sentence: `${nameOf(other)} scales ${plan.workload.kind} '${plan.workload.name}' too, beside ${plan.target.kind} '${plan.target.name}' of the plan; `
        + 'two autoscalers on one target disable each other',
      position: other.at('spec', 'scaleTargetRef'),
    }));
}

function cpuRequests(service: DeployedService): Finding[] {
  const { workload, target } = service;
  if (!workload || (target && !scalesOnCpu(target))) {
    return [];
  }
  const pod = workload.object.spec?.template?.spec ?? {};
  const bare = ['containers', 'initContainers'].flatMap(list => containersOf(pod[list])
    .map((container, i) => ({ container, path: ['spec', 'template', 'spec', list, i] }))
    // an init container counts only as a sidecar
    .filter(({ container }) => list === 'containers' || container.restartPolicy === 'Always')
    .filter(({ container: { resources } }) => (resources?.requests?.cpu ?? resources?.limits?.cpu) === undefined));
  return bare.map(({ container, path }) => ({
    id: 'no-cpu-request',
    severity: 'warning',
    service: titleOf(service),
    sentence: `container '${container.name}' of ${nameOf(workload)} has no CPU request: the autoscaler cannot compute its metric, `
      + 'and adds no pod beyond the floor',
    position: workload.at(...path),
  }));
}

function scalesOnCpu({ kind, object: { spec } }: Manifest): boolean {
  if (kind === 'HorizontalPodAutoscaler') {
    // without metrics the API server puts 80 % of the CPU request
    return !Array.isArray(spec?.metrics) || spec.metrics.some((metric: any) =>
      metric?.resource?.name === 'cpu' && metric.resource.target?.type === 'Utilization');
  }
  return kind === 'ScaledObject' && Array.isArray(spec?.triggers) && spec.triggers.some((trigger: any) => trigger?.type === 'cpu');
}

/** Images that may be another at the next pull: a new pod of the night is then not what was tested. */
function images(service: DeployedService): Finding[] {
  const pods = [...service.workload ? [service.workload] : [], ...service.jobs.map(({ manifest }) => manifest)].flatMap(manifest => {
    const path = manifest.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template', 'spec'] : ['spec', 'template', 'spec'];
    const pod = path.reduce((object, key) => object?.[key], manifest.object);
    return ['initContainers', 'containers'].flatMap(list => containersOf(pod?.[list])
      .map(({ name, image }, i) => ({ manifest, name, image, path: [...path, list, i, 'image'] })));
  }).filter(({ image }) => typeof image === 'string' && image !== '' && isMoving(image));
  // the jobs have one image
  return pods.filter(({ image }, i) => pods.findIndex(other => other.image === image) === i).map(({ manifest, name, image, path }) => ({
    id: 'moving-tag',
    severity: 'warning',
    service: titleOf(service),
    sentence: `container '${name}' of ${nameOf(manifest)} has image '${image}', which may be another at each pull; name a tag that does not move, or a digest`,
    position: manifest.at(...path),
  }));
}

/** Without digest and tag, or with the tag that moves by its name. */
function isMoving(image: string): boolean {
  const tag = /:([^:/@]*)$/.exec(image)?.[1];
  return !image.includes('@') && (tag === undefined || tag === 'latest');
}

function jobs(service: DeployedService, now: EpochMs): Finding[] {
  const { plan, jobs: its } = service;
  const crons = its.filter(({ manifest }) => manifest.kind === 'CronJob');
  const suspended = crons.filter(({ manifest }) => manifest.object.spec?.suspend === true).map(({ manifest }): Finding => ({
    id: 'job-suspended',
    severity: 'error',
    service: titleOf(service),
    sentence: `${nameOf(manifest)} is suspended and will not run`,
    position: manifest.at('spec', 'suspend'),
  }));
  // manifests without any CronJob of ours are an excerpt
  const ahead = crons.length === 0 ? [] : [...new Set(plan.openings.filter(opening => endOf(opening) > now).map(({ event }) => event))];
  const missing = ahead.filter(event => !crons.some(job => job.role === 'bump' && job.event === event)).map((event): Finding => ({
    id: 'job-missing',
    severity: 'error',
    service: titleOf(service),
    sentence: `no CronJob raises the floor for '${event}'; apply all manifests of one synth`,
    position: service.config.at('data', PLAN_KEY),
  }));
  return [...suspended, ...missing];
}

/** What a quota may count, and how much of it one pod asks for. */
const QUOTA_FIELDS: { readonly [field: string]: (workload: Manifest | undefined) => number } = {
  'pods': () => 1,
  'count/pods': () => 1,
  'cpu': workload => requestOf(workload, 'requests', 'cpu'),
  'requests.cpu': workload => requestOf(workload, 'requests', 'cpu'),
  'memory': workload => requestOf(workload, 'requests', 'memory'),
  'requests.memory': workload => requestOf(workload, 'requests', 'memory'),
  'limits.cpu': workload => requestOf(workload, 'limits', 'cpu'),
  'limits.memory': workload => requestOf(workload, 'limits', 'memory'),
};

function quotas({ manifests, services }: Deployed, now: EpochMs): Finding[] {
  // a quota with scopes counts pods that we cannot tell from the manifests
  const unscoped = manifests.filter(({ kind, object: { spec } }) => kind === 'ResourceQuota' && !spec?.scopes && !spec?.scopeSelector);
  return unscoped.flatMap(quota => {
    const its = services.filter(service => service.namespace === quota.namespace);
    return Object.entries(quota.object.spec?.hard ?? {}).flatMap(([field, quantity]): Finding[] => {
      const hard = parseQuantity(quantity);
      const share = QUOTA_FIELDS[field];
      if (hard === undefined || !share || its.length === 0) {
        return [];
      }
      const members = its.map(({ plan, workload }): Member => ({ plan, weight: share(workload) }));
      const peak = peakOf(sumOf(members), now) ?? { ...baselineOf(members), from: now };
      // sums of tenths are not exact
      if (peak.floor <= hard * (1 + 1e-9)) {
        return [];
      }
      const first = its.find(({ plan }) => plan.openings.some(opening => startOf(opening) <= peak.from && peak.from < endOf(opening)));
      const zone = first?.plan.openings.find(opening => startOf(opening) <= peak.from && peak.from < endOf(opening))?.timeZone;
      return [{
        id: 'quota-exceeded',
        severity: 'error',
        ...(its.length === 1 ? { service: titleOf(its[0]) } : {}),
        sentence: `${nameOf(quota)} allows ${quantity} of '${field}'; the floors of ${someOf(its.map(titleOf))} alone ask for `
          + `${shownLike(String(quantity), peak.floor)} from ${formatMoment(peak.from, zone)}${zone ? '' : ' UTC'} on; raise the quota first`,
        position: quota.at('spec', 'hard', field),
      }];
    });
  });
}

/** What one pod asks for; a missing request is its limit, as the API server has it. */
function requestOf(workload: Manifest | undefined, kind: 'requests' | 'limits', resource: string): number {
  const pod = workload?.object.spec?.template?.spec;
  const of = ({ resources }: any) => parseQuantity(resources?.[kind]?.[resource] ?? resources?.limits?.[resource]) ?? 0;
  const sidecars = containersOf(pod?.initContainers).filter(container => container.restartPolicy === 'Always');
  return [...containersOf(pod?.containers), ...sidecars].reduce((sum, container) => sum + of(container), 0);
}

/** An amount in the unit of a quantity. */
function shownLike(quantity: string, amount: number): string {
  const unit = /[a-zA-Z]*$/.exec(quantity)![0];
  return `${Math.ceil(amount / (parseQuantity(`1${unit}`) ?? 1) * 100) / 100}${unit}`;
}

/** Where the fleet's pods, created one after the other, come later than each service alone would have them. */
function fleet(services: readonly DeployedService[], now: EpochMs): Finding[] {
  if (services.length < 2) {
    return [];
  }
  const { jobMs, autoscalerMs, podsPerSecond } = ALLOWANCES;
  const slack = ({ plan }: DeployedService) => jobMs + autoscalerMs + plan.startupMs;
  const creations = new Map(creationsOf(services.map(({ plan }) => plan)).map(creation => [creation.at, creation]));
  const late = services.flatMap(service => service.plan.openings.flatMap(opening => {
    const from = fullFrom(opening);
    const creation = creations.get(from);
    if (!creation?.plans.has(service.plan) || endOf(opening) <= now) {
      return [];
    }
    const alone = from + creationMs(opening.floor - service.plan.baseline.floor) + slack(service);
    const lateMs = creation.doneAt + slack(service) - opening.readyBy;
    // what is late alone is said of the service itself
    return lateMs > 0 && alone <= opening.readyBy ? [{ service, opening, creation, lateMs }] : [];
  }));
  if (late.length === 0) {
    return [];
  }
  const { service, opening, creation, lateMs } = late.reduce((a, b) => b.lateMs > a.lateMs ? b : a);
  return [{
    id: 'fleet-too-slow',
    severity: 'warning',
    sentence: `${creation.plans.size} services ask for ${formatCount(creation.pods)} more pods at ${formatMoment(creation.at, opening.timeZone)}; `
      + `a cluster creates ${podsPerSecond} a second, the last after ${formatSpan(creation.doneAt - creation.at)}, so '${titleOf(service)}' is Ready `
      + `${formatSpan(lateMs)} later than '${opening.event}' wants it; lengthen the 'lead' of some of them`,
    position: service.config.at('data', PLAN_KEY),
  }];
}

function byEvent(openings: readonly Opening[]): Map<string, Opening[]> {
  const events = new Map<string, Opening[]>();
  for (const opening of openings) {
    const openingsOfIt = events.get(opening.event);
    if (openingsOfIt) {
      openingsOfIt.push(opening);
    } else {
      events.set(opening.event, [opening]);
    }
  }
  return events;
}

function containersOf(list: unknown): any[] {
  return Array.isArray(list) ? list.filter(container => container && typeof container === 'object') : [];
}

function nameOf({ kind, name }: Manifest): string {
  return `${kind} '${name}'`;
}

function formatPods(count: number): string {
  return formatSome(count, 'pod');
}

/** How many openings of an event are like the one that is named. */
function alike(openings: readonly unknown[]): string {
  return openings.length > 1 ? `; ${formatCount(openings.length)} openings alike` : '';
}

/** `'a'`, `'a', 'b' and 7 more` */
function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(name => `'${name}'`);
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} more` : shown.join(', ');
}
