import { podOf } from './containers';
import { Deployed, DeployedService, titleOf } from './deployed';
import { openingsAhead } from './openings';
import { membersOf } from './quota';
import { loadsIn } from './station-loads';
import { someOf } from './words';
import { Member, baselineOf, peakOf, sumOf } from '../core/plan/fleet';
import { creationsOf } from '../core/plan/lead';
import { endOf, startOf, stretchesOf } from '../core/plan/plan';
import { StationLoad, requestsOf, tightestOf } from '../core/plan/station-load';
import { stepsOf, sumOfSteps } from '../core/plan/steps';
import { EpochMs } from '../core/time/instant';
import { Interval } from '../core/time/intervals';
import { DAY, HOUR } from '../core/time/wall-clock';

/** Work that no manifest can do, and that has a lead time of its own. */
export interface ChecklistItem {
  /** `vcpu-quota`, `database/tickets-db` */
  readonly id: string;
  readonly title: string;
  readonly numbers: readonly ChecklistNumber[];
  /** What the plan does not know, and somebody must say. */
  readonly asks: readonly string[];
  /** Commands to type and pages to open. */
  readonly where: readonly string[];
  /** When it must be there. */
  readonly needed: Interval;
  /** How many days before that it is asked for, at the latest. */
  readonly leadDays: number;
  readonly latest: EpochMs;
  /** In which people read these dates; absent: UTC. */
  readonly timeZone?: string;
}

/** One number of an item, all of them facts of the plan. */
export interface ChecklistNumber {
  readonly what: string;
  readonly unit: string;
  readonly atFloors?: number;
  readonly atCeilings?: number;
}

/** What only the user knows. */
export interface ChecklistInputs {
  readonly now: EpochMs;
  /** Cores and bytes of one node. */
  readonly node?: { readonly cpu: number; readonly memory: number };
  /** Days that items need, by id, or by its part before a slash. */
  readonly leadDays?: ReadonlyMap<string, number>;
}

/** Days that are allowed for, where nobody says others: choices of this library, but for what is named beside them. */
export const LEAD_DAYS = {
  'pod-addresses': 14,
  'vcpu-quota': 10,
  'node-pool': 5,
  // EC2 takes requests for reservations with a date between 5 and 120 days ahead
  'capacity-reservation': 7,
  'load-balancer': 5,
  'control-plane': 5,
  'image-pulls': 5,
  'maintenance': 14,
  'database': 7,
  'provider': 14,
} as const satisfies { readonly [id: string]: number };

/** Everything that has to be asked for before the highest peak ahead; nothing where no opening is ahead. Soonest first. */
export function checklistOf(deployed: Deployed, inputs: ChecklistInputs): ChecklistItem[] {
  const { services } = deployed;
  const { now, node, leadDays } = inputs;
  const pods = amountOver(deployed, 'pods', now);
  if (services.every(({ plan }) => openingsAhead(plan, now).length === 0) || !pods) {
    return [];
  }
  const [cpu, memory] = (['requests.cpu', 'requests.memory'] as const).map(field => amountOver(deployed, field, now)!);
  const unknown = services.filter(({ workload }) => !workload || podOf(workload).containers === undefined).map(titleOf);
  const requestsUnknown = unknown.length > 0 ? [`what a pod of ${someOf(unknown)} requests: its workload is not in the manifests`] : [];
  const highest = windowsAt(services, pods.from, now);
  const zone = services.flatMap(({ plan }) => openingsAhead(plan, now)).find(({ timeZone }) => timeZone)?.timeZone;
  const item: MakeItem = (id, title, numbers, where, asks = [], needed = highest) => {
    const kind = id.split('/')[0] as keyof typeof LEAD_DAYS;
    const days = leadDays?.get(id) ?? leadDays?.get(kind) ?? LEAD_DAYS[kind];
    const latest = needed.from - days * DAY;
    return { id, title, numbers, asks, where, needed, leadDays: days, latest, ...zone === undefined ? {} : { timeZone: zone } };
  };
  const podNumber = { what: 'pods, those of the keeper included', unit: 'pods', atFloors: pods.floor, atCeilings: pods.ceiling };
  const coreNumber = { what: 'CPU requests', unit: 'cores', atFloors: cpu.floor, atCeilings: cpu.ceiling };
  const memoryNumber = { what: 'memory requests', unit: 'bytes', atFloors: memory.floor, atCeilings: memory.ceiling };
  const nodesFor = (level: 'floor' | 'ceiling') => node && Math.max(Math.ceil(cpu[level] / node.cpu), Math.ceil(memory[level] / node.memory));
  const nodeNumbers = node ? [{ what: 'nodes, before what runs on each of them', unit: 'nodes', atFloors: nodesFor('floor'), atCeilings: nodesFor('ceiling') }] : [];
  const nodeAsks = node ? [] : ["the size of a node: say it by '--node 16,64Gi', and the number of nodes follows"];
  const rise = creationsOf(services.map(({ plan }) => plan)).filter(({ doneAt }) => doneAt > now)
    .reduce((most, { pods: created }) => Math.max(most, created), 0);
  const items = [
    item('pod-addresses', 'Free addresses in the subnets of the pods', [podNumber], [
      "aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailableIpAddressCount]' --output table",
      'gcloud container clusters describe CLUSTER --format="value(clusterIpv4Cidr,ipAllocationPolicy)"',
      'az network vnet subnet list --resource-group GROUP --vnet-name VNET --output table',
    ], ['how many addresses nodes and other pods take, and whether nodes hold spare ones']),
    item('vcpu-quota', 'Quota of virtual CPUs', [coreNumber], [
      'aws service-quotas get-service-quota --service-code ec2 --quota-code L-1216C47A',
      'gcloud compute regions describe REGION --format="table(quotas:format=\'table(metric,limit,usage)\')"',
      'az vm list-usage --location LOCATION --output table',
    ], ['how much of the quota others use', ...requestsUnknown]),
    item('node-pool', 'Highest number of nodes of the node pool', [coreNumber, memoryNumber, ...nodeNumbers], [
      'kubectl get nodepools.karpenter.sh --output yaml, field spec.limits',
      'the page of the node group or node pool, its highest size',
    ], [...nodeAsks, 'what runs on each node beside these pods', ...requestsUnknown]),
    item('capacity-reservation', 'Capacity that is reserved for these dates', [coreNumber, ...nodeNumbers], [
      'aws ec2 create-capacity-reservation --start-date INSTANT --commitment-duration SECONDS ...',
      'gcloud compute future-reservations create NAME ...',
      'az capacity reservation create ...',
    ], [...nodeAsks, 'what it costs, and for how long it commits']),
    item('control-plane', 'Tier of the control plane', [
      podNumber, { what: 'pods created at once, at the steepest rise', unit: 'pods', atFloors: rise }, ...nodeNumbers,
    ], ['the page of the cluster, its control plane', 'kubectl get --raw /metrics | grep apiserver_flowcontrol_rejected_requests_total'],
    ['what else the API server serves at that time']),
    item('image-pulls', 'Rate at which the registry lets images be pulled', [
      { what: 'pods created at once, at the steepest rise', unit: 'pods', atFloors: rise },
    ], ["the registry's page on rate limits", 'kubectl get events --all-namespaces --field-selector reason=Failed'],
    ['how many nodes pull each image, and whether it is cached in the cluster']),
    item('maintenance', 'No maintenance of nodes, control plane and databases in these hours', [
      { what: 'hours in which a floor is up', unit: 'hours', atFloors: Math.ceil((highest.until - highest.from) / HOUR) },
    ], [
      'gcloud container clusters update CLUSTER --add-maintenance-exclusion-name=NAME --add-maintenance-exclusion-start=INSTANT --add-maintenance-exclusion-end=INSTANT',
      'the maintenance windows of the cluster and of each database',
    ]),
    ...frontItem(item, services, now),
    ...loadsIn(deployed).flatMap(load => dependencyItem(item, load, now)),
  ];
  return items.sort((a, b) => a.latest - b.latest);
}

type MakeItem = (
  id: string, title: string, numbers: readonly ChecklistNumber[], where: readonly string[], asks?: readonly string[], needed?: Interval,
) => ChecklistItem;

/** The services that no other calls get their requests from outside. */
function frontItem(item: MakeItem, services: readonly DeployedService[], now: EpochMs): ChecklistItem[] {
  const called = new Set(services.flatMap(({ plan, namespace }) => (plan.uses ?? []).filter(({ kind }) => kind === 'service')
    .map(use => `${use.namespace ?? namespace}/${use.name}`)));
  const fronts = services.filter(({ plan, namespace }) => !called.has(`${namespace}/${plan.service}`));
  const requests = sumOfSteps(fronts.map(({ plan }) => ({
    steps: requestsOf(plan, stepsOf(plan.baseline.floor, stretchesOf(plan).map(stretch => ({ ...stretch, value: stretch.floor })))), weight: 1,
  })));
  const ahead = requests.filter((_, i) => (requests[i + 1]?.from ?? Infinity) > now);
  const peak = ahead.reduce((most, step) => step.value > most.value ? step : most, { from: -Infinity, value: 0 });
  const silent = fronts.filter(({ plan }) => plan.podCapacity === undefined
    && openingsAhead(plan, now).some(({ demand }) => demand.requestsPerSecond === undefined)).map(titleOf);
  return [item('load-balancer', `Capacity of the load balancer in front of ${someOf(fronts.map(titleOf))}`, peak.value > 0
    ? [{ what: 'requests at the peak', unit: 'requests/s', atFloors: peak.value }] : [], [
    'aws elbv2 modify-capacity-reservation --load-balancer-arn ARN --minimum-load-balancer-capacity CapacityUnits=N',
    "the load balancer's page on pre-warming and quotas",
  ], ['new connections per second, and bytes of each answer', ...silent.length > 0 ? [`requests to ${someOf(silent)}, whose demand is in pods`] : []])];
}

function dependencyItem(item: MakeItem, load: StationLoad, now: EpochMs): ChecklistItem[] {
  const { station: { kind, name } } = load;
  const [floors, ceilings] = (['floor', 'ceiling'] as const).map(level => tightestOf(load, level, now));
  if ((kind !== 'connections' && kind !== 'requestsPerSecond') || !floors || !ceilings || floors.from === -Infinity) {
    return [];
  }
  const isDatabase = kind === 'connections';
  const unit = isDatabase ? 'connections' : 'requests/s';
  return [item(
    `${isDatabase ? 'database' : 'provider'}/${name}`,
    isDatabase ? `Size of '${name}' for the night` : `A word to whoever runs '${name}'`,
    [
      { what: 'what our services need', unit, atFloors: floors.used, atCeilings: ceilings.used },
      { what: 'the limit that is declared, less what is reserved', unit, atFloors: floors.usable, atCeilings: ceilings.usable },
    ],
    isDatabase ? ['SHOW max_connections, and the page of the database with its size'] : [`the contract with '${name}', and its support page`],
    [isDatabase ? 'CPU and input/output that these connections need' : 'whether the limit holds for the whole time, and what is sent beyond it'],
    { from: floors.from, until: floors.until },
  )];
}

interface Amount {
  readonly floor: number;
  readonly ceiling: number;
  readonly from: EpochMs;
}

/** What all pods ask of a field of quotas at the highest peak of the floors ahead, and the most that the ceilings ever do. */
function amountOver({ services, manifests }: Deployed, field: string, now: EpochMs): Amount | undefined {
  const members = services.flatMap((service): Member[] => membersOf(field, service, manifests) ?? []);
  const stretches = sumOf(members);
  const peak = peakOf(stretches, now);
  const ceiling = Math.max(baselineOf(members).ceiling, ...stretches.filter(({ until }) => until > now).map(stretch => stretch.ceiling));
  return peak && { floor: peak.floor, ceiling, from: peak.from };
}

/** From the first rise to the last fall of the openings that are on at an instant, or else of the first ahead. */
function windowsAt(services: readonly DeployedService[], at: EpochMs, now: EpochMs): Interval {
  const ahead = services.flatMap(({ plan }) => openingsAhead(plan, now));
  const on = ahead.filter(opening => startOf(opening) <= at && at < endOf(opening));
  const meant = on.length > 0 ? on : ahead.slice(0, 1);
  return { from: Math.min(...meant.map(startOf)), until: Math.max(...meant.map(endOf)) };
}
