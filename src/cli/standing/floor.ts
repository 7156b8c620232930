import { applying, scaling } from './commands';
import { StatusFinding } from './findings';
import { Circumstances } from './types';
import { ownerText } from './words';
import { conditionOf } from '../../core/kube-objects';
import { Decision, decide } from '../../core/plan/decide';
import { Live, podsOf } from '../../core/plan/live';
import { movedInText, movingInOf } from '../../core/plan/moving-in';
import { otherWorkloadOf, otherWorkloadWords } from '../../core/plan/other-workload';
import { ObjectReference } from '../../core/plan/plan';
import { isSameObject } from '../../core/plan/reference';
import { seatBeltUsed, seatBeltWords } from '../../core/plan/seat-belt';
import { targetKindNames } from '../../core/plan/target-kind';

/** Floor, ceiling and workload: what the keeper will do with what stands, and what only a person can do. */
export function floorFindings(circumstances: Circumstances): StatusFinding[] {
  const { view, wanted, live } = circumstances;
  const missing = missingFindings(circumstances);
  if (!live) {
    return missing;
  }
  const decision = decide(wanted, live, podsOf(view.workload, live));
  return [
    ...missing,
    ...otherWorkloadFindings(circumstances),
    ...floorFinding(circumstances, live, decision),
    ...zeroFinding(circumstances, decision),
    ...ceilingFinding(circumstances, live, decision),
    ...movingInFindings(circumstances, live),
    ...autoscalerFindings(circumstances, live),
  ];
}

/** Target and workload that are not there, or not known. */
function missingFindings({ view: { plan, target, workload, unread }, live }: Circumstances): StatusFinding[] {
  const findings = unread.map(({ kind, name, why }): StatusFinding => ({
    id: 'target-unreadable', severity: 'error', sentence: `${kind} ${name} cannot be read: ${why}`,
  }));
  const isUnread = (reference: ObjectReference) => unread.some(one => isSameObject(one, reference));
  if (!target && !isUnread(plan.target)) {
    findings.push({ id: 'target-missing', severity: 'error', sentence: `${plan.target.kind} ${plan.target.name} is not there: deploy it` });
  } else if (target && !live) {
    findings.push({
      id: 'kind-unknown',
      severity: 'error',
      sentence: `${plan.target.kind} is no kind that has a floor; this program knows ${targetKindNames()}`,
      remedy: 'install the release of prewarm that made the plan',
    });
  }
  if (!workload && !isUnread(plan.workload)) {
    findings.push({ id: 'workload-missing', severity: 'error', sentence: `${plan.workload.kind} ${plan.workload.name} is not there: deploy it` });
  }
  return findings;
}

/** A target that scales another workload than the one whose pods the plan counts. */
function otherWorkloadFindings({ view: { plan, target } }: Circumstances): StatusFinding[] {
  const scaled = otherWorkloadOf(target, plan);
  return scaled ? [{ id: 'other-workload', severity: 'error', ...otherWorkloadWords(scaled, plan) }] : [];
}

function floorFinding({ view, wanted, now }: Circumstances, live: Live, { floor: action }: Decision): StatusFinding[] {
  const stands = `the floor is ${live.floor}, ${wanted.floor} is asked for`;
  switch (action) {
    case 'raise':
      return [{ id: 'floor-too-low', severity: 'error', sentence: stands, ...applying(view, 'this applies it') }];
    case 'keep':
      return [{ id: 'higher-floor-kept', severity: 'warning', sentence: `${stands}: it is ${ownerText(live.floorHand, now)}, and stays until they take it back` }];
    case 'lower':
      return [{ id: 'floor-to-be-lowered', severity: 'note', sentence: `${stands}: it is the keeper's own, the next run of drop or repair lowers it` }];
    case 'right':
    case 'adopt':
      return [];
  }
}

/** A workload at 0: the next run brings it to the floor, or, between windows, nobody does. */
function zeroFinding({ view, wanted }: Circumstances, { scale, findings }: Decision): StatusFinding[] {
  const { workload } = view.plan;
  const stands = `${workload.kind} ${workload.name} stands at 0, which disables the autoscaler`;
  if (scale?.from === 0) {
    return [{ id: 'workload-at-zero', severity: 'error', sentence: stands, ...applying(view, 'this raises it') }];
  }
  return findings.some(({ id }) => id === 'workload-at-zero')
    ? [{ id: 'workload-at-zero', severity: 'error', sentence: `${stands} until the next window`, ...scaling(view, workload, wanted.floor) }]
    : [];
}

function ceilingFinding({ wanted, now }: Circumstances, live: Live, { ceiling: action, findings }: Decision): StatusFinding[] {
  const stands = `the ceiling is ${live.ceiling}, ${wanted.ceiling} is asked for`;
  switch (action) {
    case 'raise':
      return [{ id: 'live-ceiling-too-low', severity: 'warning', sentence: `${stands}: less room above the floor than planned` }];
    case 'keep':
      return [{ id: 'higher-ceiling-kept', severity: 'warning', sentence: `${stands}: it is ${ownerText(live.ceilingHand, now)}, and stays until they take it back` }];
    case 'lower':
      return [{ id: 'ceiling-to-be-lowered', severity: 'note', sentence: `${stands}: it is the keeper's own, the next run of drop or repair lowers it` }];
    case 'wait':
      return findings.filter(({ id }) => id === 'ceiling-waits').map(({ sentence }) => ({ id: 'ceiling-waits', severity: 'note', sentence }));
    case 'right':
    case undefined:
      return [];
  }
}

/** Whether the manifests may lose the floor that they keep for now. */
function movingInFindings({ view: { plan, target, workload } }: Circumstances, live: Live): StatusFinding[] {
  if (!plan.movingIn || !target) {
    return [];
  }
  const { obstacle, forgets, forgetsSize, holds } = movingInOf(plan, target, live, workload);
  if (obstacle) {
    return [{ id: 'moving-in', severity: 'warning', ...obstacle }];
  }
  return forgets === undefined && !forgetsSize && holds === undefined
    ? [{ id: 'moved-in', severity: 'note', sentence: movedInText(plan), remedy: "the next deploy can leave 'movingIn' out" }]
    : [{ id: 'moving-in', severity: 'warning', sentence: 'the keeper does not hold all yet that the manifests keep', remedy: 'the next run of repair sees to it' }];
}

/** What the autoscaler says of itself. */
function autoscalerFindings({ view, wanted, standing: { ready } }: Circumstances, { floor, ceiling }: Live): StatusFinding[] {
  const { service, namespace, target, workload } = view;
  const active = conditionOf(target, 'ScalingActive');
  const findings: StatusFinding[] = [];
  const used = seatBeltUsed(target, workload, { floor, ceiling });
  const isInWindow = wanted.openings.length > 0;
  // where floor and ceiling are one, that many are planned
  const isServing = isInWindow && ceiling !== undefined && floor < ceiling && ready.ready >= ceiling;
  if (ceiling !== undefined && (used === 'wants more' || isInWindow && used === 'full' || isServing)) {
    findings.push({
      id: 'ceiling-reached',
      severity: 'warning',
      sentence: isServing && used !== 'wants more'
        ? `${ready.ready} pods are Ready, and the ceiling of ${ceiling} allows no more`
        : seatBeltWords(used ?? 'full', ceiling),
      remedy: 'this raises both for an hour',
      command: `prewarm override ${service} -n ${namespace} --floor ${ceiling} --ceiling ${2 * ceiling} --until +1h`,
    });
  }
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled') {
    findings.push({
      id: 'no-metrics',
      severity: 'warning',
      sentence: `the autoscaler has no metrics (${active.reason}): it holds the floor, and adds nothing above it`,
    });
  }
  return findings;
}
