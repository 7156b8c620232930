import { Check, Found, atPlan } from './check';
import { Deployed, DeployedService } from './deployed';
import { LoadingPlan, StationLoad, stationLoadsOf } from '../core/plan/station-load';
import { targetKindOf } from '../core/plan/target-kind';
import { turnoverOf } from '../core/plan/turnover';
import { DependencyKind } from '../core/plan/use-facts';

/** How full everything is that these services use. Checks, tables and pictures ask for one set of manifests. */
export function loadsIn({ services }: Pick<Deployed, 'services'>): readonly StationLoad[] {
  const loads = known.get(services) ?? (services.some(({ plan }) => plan.uses) ? stationLoadsOf(services.map(loadingPlanOf)) : []);
  known.set(services, loads);
  return loads;
}

const known = new WeakMap<readonly DeployedService[], readonly StationLoad[]>();

function loadingPlanOf({ plan, namespace, target, workload }: DeployedService): LoadingPlan {
  // what is scaled by nobody goes at once
  const autoscaler = targetKindOf(plan.target)?.ceiling ? target?.object ?? {} : undefined;
  return {
    plan,
    ...(namespace === undefined ? {} : { namespace }),
    turnover: turnoverOf({ kind: plan.workload.kind, workload: workload?.object, autoscaler, startupMs: plan.startupMs }),
  };
}

/** The deployed services that use a station, in the order of the manifests. */
export function usersIn({ services }: Deployed, { users }: StationLoad): DeployedService[] {
  return services.filter(({ plan }) => users.some(user => user.plan === plan));
}

/** A check that looks at each dependency by itself; it stands at the plan of the first service that uses it. */
export function ofEachDependency(
  find: (load: StationLoad, context: Parameters<Check['run']>[0]) => readonly Pick<Found, 'severity' | 'sentence' | 'remedy'>[],
  isLooked: (kind: DependencyKind) => boolean = () => true,
): Check['run'] {
  return context => loadsIn(context.deployed).filter(({ station: { kind } }) => kind !== 'service' && isLooked(kind)).flatMap(load => {
    const services = usersIn(context.deployed, load);
    return find(load, context).map((found): Found => ({ ...atPlan(services[0]), ...found, services }));
  });
}
