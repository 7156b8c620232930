import { check as belowBaseline } from './below-baseline';
import { check as calleeTooSmall } from './callee-too-small';
import { check as cannotSleep } from './cannot-sleep';
import { check as ceilingAllYear } from './ceiling-all-year';
import { check as ceilingFalls } from './ceiling-falls';
import { check as ceilingTooLow } from './ceiling-too-low';
import { check as ceilingsOverLimit } from './ceilings-over-limit';
import { check as connectionStorm } from './connection-storm';
import { check as cronInvalid } from './cron-invalid';
import { check as dependencyDiffers } from './dependency-differs';
import { check as dependencyExceeded } from './dependency-exceeded';
import { check as dependencyTurnover } from './dependency-turnover';
import { check as farAhead } from './far-ahead';
import { check as fieldLeaves } from './field-leaves';
import { check as firstDeploy } from './first-deploy';
import { check as fleetTooSlow } from './fleet-too-slow';
import { check as floorFalls } from './floor-falls';
import { check as jobChanged } from './job-changed';
import { check as jobMissing } from './job-missing';
import { check as jobSuspended } from './job-suspended';
import { check as leadTooLong } from './lead-too-long';
import { check as leadTooShort } from './lead-too-short';
import { check as limitRangeBroken } from './limit-range-broken';
import { check as manyCronJobs } from './many-cron-jobs';
import { check as measuredContainerMissing } from './measured-container-missing';
import { check as minReplicasSet } from './min-replicas-set';
import { check as movingTag } from './moving-tag';
import { check as namespaceMissing } from './namespace-missing';
import { check as neverScalesDown } from './never-scales-down';
import { check as noCpuRequest } from './no-cpu-request';
import { check as nothingAhead } from './nothing-ahead';
import { check as placementLimited } from './placement-limited';
import { check as planUnreadable } from './plan-unreadable';
import { check as podsRecreated } from './pods-recreated';
import { check as probeTooEarly } from './probe-too-early';
import { check as quotaExceeded } from './quota-exceeded';
import { check as quotaNeedsResources } from './quota-needs-resources';
import { check as replicasSet } from './replicas-set';
import { check as rightsMissing } from './rights-missing';
import { check as rolloutHurts } from './rollout-hurts';
import { check as runMissing } from './run-missing';
import { check as scheduleRemoved } from './schedule-removed';
import { check as seasonEndsSoon } from './season-ends-soon';
import { check as selectorChanges } from './selector-changes';
import { check as serviceTwice } from './service-twice';
import { check as startupUncounted } from './startup-uncounted';
import { check as targetChanged } from './target-changed';
import { check as tooManyPods } from './too-many-pods';
import { check as twoAutoscalers } from './two-autoscalers';
import { check as versionUnserved } from './version-unserved';
import { check as workloadDiffers } from './workload-differs';
import { Check } from '../check';

/** All checks, in the order in which their findings are told of a service. */
export const CHECKS: readonly Check[] = [
  planUnreadable,
  namespaceMissing,
  serviceTwice,
  nothingAhead,
  belowBaseline,
  cannotSleep,
  tooManyPods,
  leadTooLong,
  leadTooShort,
  movingTag,
  minReplicasSet,
  replicasSet,
  firstDeploy,
  fieldLeaves,
  ceilingTooLow,
  ceilingAllYear,
  ceilingFalls,
  floorFalls,
  scheduleRemoved,
  targetChanged,
  selectorChanges,
  twoAutoscalers,
  workloadDiffers,
  versionUnserved,
  noCpuRequest,
  measuredContainerMissing,
  neverScalesDown,
  podsRecreated,
  probeTooEarly,
  startupUncounted,
  placementLimited,
  rolloutHurts,
  limitRangeBroken,
  quotaNeedsResources,
  jobSuspended,
  jobMissing,
  jobChanged,
  cronInvalid,
  runMissing,
  manyCronJobs,
  rightsMissing,
  seasonEndsSoon,
  farAhead,
  quotaExceeded,
  dependencyExceeded,
  dependencyTurnover,
  ceilingsOverLimit,
  connectionStorm,
  calleeTooSmall,
  dependencyDiffers,
  fleetTooSlow,
];
