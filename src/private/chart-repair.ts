import { ApiObject, Chart, Duration, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CheckedSchedule } from './checked-schedule';
import { shortHash } from './hash';
import { starterFile } from './keeper-file';
import { KeeperPods, VOLUME, keeperCronJob } from './keeper-jobs';
import { networkPolicy } from './network-policy';
import { repairJobName } from './object-names';
import { LIMIT_KB } from './size-limit';
import { ANNOTATION_SUMMARY, KEEPER_KEY, LABEL_ROLE, PROGRAM_CONFIG_KEY, REPAIRED_KEY, WEBHOOK_VARIABLE, repairName } from '../core/plan/names';
import { RepairedService, encodeRepaired } from '../core/plan/repaired';
import { Right, applierRightsOf } from '../core/plan/rights';
import { formatSome } from '../core/time/numbers';

/** In each chart. Another copy of this library in one app has a repair, and a list, of its own. */
const repairs = new WeakMap<Chart, ChartRepair>();

/** A Role of so many services, with long names too, is half of what `kubectl apply` can hold. */
const SERVICES_A_ROLE = 250;

/** Must be over when the next run is due; while a window is on, a run stays for almost as long. */
const LONGEST = Duration.seconds(590);

/**
 * The repair of all schedules of a chart: one CronJob, whose pod goes through their plans every ten minutes.
 *
 * It bears the name of the first of them, since no other app has that in this namespace, and has the keeper's options of that one. It
 * has an account of its own, with what it needs for each of them by name, and depends on the objects of none of them.
 */
export class ChartRepair {
  /** The repair of a chart, defined for the first schedule that asks for it. */
  public static of(chart: Chart, first: CheckedSchedule, program: kplus.ConfigMap): ChartRepair {
    const repair = repairs.get(chart) ?? new ChartRepair(chart, first, program);
    repairs.set(chart, repair);
    return repair;
  }

  public readonly cronJob: kplus.CronJob;
  /** Name of the CronJob. */
  public readonly name: string;

  private readonly scope: Construct;
  private readonly metadata: { readonly name: string; readonly labels: { readonly [label: string]: string } };
  private readonly account: kplus.ServiceAccount;
  private readonly services: RepairedService[] = [];
  private readonly roles: Right[][] = [];
  /** By Secret and key: the variable that has it. */
  private readonly webhooks = new Map<string, string>();
  private text?: string;

  private constructor(chart: Chart, { name, namespace, keeper }: CheckedSchedule, private readonly program: kplus.ConfigMap) {
    // of no service: what is selected by a service's label, to delete it, must leave the others their repair
    this.metadata = { name: repairName(name), labels: { [LABEL_ROLE]: 'repair' } };
    this.name = repairJobName(name);
    this.scope = new Construct(chart, this.metadata.name);
    this.account = new kplus.ServiceAccount(this.scope, 'ServiceAccount', { metadata: this.metadata });
    const config = new kplus.ConfigMap(this.scope, 'Config', {
      metadata: this.metadata,
      data: {
        [REPAIRED_KEY]: Lazy.any({ produce: () => this.listText() }) as unknown as string,
        [KEEPER_KEY]: Lazy.any({ produce: () => starterFile().text }) as unknown as string,
        [PROGRAM_CONFIG_KEY]: program.name,
      },
    });
    const pods: KeeperPods = {
      service: name,
      isShared: true,
      serviceAccount: this.account,
      config,
      program,
      volume: kplus.Volume.fromConfigMap(this.scope, 'Volume', config, { name: VOLUME }),
      options: { ...keeper, webhookUrl: undefined },
    };
    this.cronJob = keeperCronJob(this.scope, 'Job', pods, {
      role: 'repair',
      name: this.name,
      annotations: {
        [ANNOTATION_SUMMARY]: Lazy.any({
          produce: () => `every 10 minutes: ${formatSome(this.services.length, 'service')} of the chart, floor and ceiling as the plan of each asks`,
        }) as unknown as string,
      },
      // not all charts of a cluster at once
      schedule: `${parseInt(shortHash(`${namespace}/${name}`), 16) % 10}-59/10 * * * *`,
      timeZone: 'UTC',
      startingDeadline: Duration.minutes(10),
      // the next run is the next try
      backoffLimit: 0,
      activeDeadline: LONGEST,
    });
    if (keeper.networkPolicy) {
      const podSelector = { matchLabels: { [kplus.Pod.ADDRESS_LABEL]: this.name } };
      networkPolicy(this.scope, 'NetworkPolicy', this.metadata, podSelector, keeper.networkPolicy, () => this.webhooks.size > 0);
    }
    config.node.addValidation({ validate: () => this.tooLarge() });
  }

  /** Adds a schedule to those that it goes through. */
  public add({ name, guards, explainsPods, movingIn, facts: { target, workload }, keeper: { webhookUrl } }: CheckedSchedule): void {
    const at = this.services.length % SERVICES_A_ROLE;
    const rights = at === 0 ? this.defineRole() : this.roles[this.roles.length - 1];
    rights.push(...applierRightsOf({ service: name, target, workload, movingIn, guards, explainsPods }, at === 0 ? this.program.name : undefined));
    this.services.push({ name, ...webhookUrl ? { webhook: this.variableOf(webhookUrl) } : {} });
    this.text = undefined;
  }

  /** The variable of the pod's environment with a webhook; schedules mostly share one. */
  private variableOf(url: kplus.SecretValue): string {
    const key = JSON.stringify([url.secret.name, url.key]);
    const known = this.webhooks.get(key);
    if (known) {
      return known;
    }
    const variable = this.webhooks.size === 0 ? WEBHOOK_VARIABLE : `${WEBHOOK_VARIABLE}_${this.webhooks.size + 1}`;
    this.webhooks.set(key, variable);
    // a webhook that is not there must not keep the floor down
    this.cronJob.containers[0].env.addVariable(variable, kplus.EnvValue.fromSecretValue(url, { optional: true }));
    return variable;
  }

  private defineRole(): Right[] {
    const rights: Right[] = [];
    this.roles.push(rights);
    const suffix = this.roles.length === 1 ? '' : `-${this.roles.length}`;
    const metadata = { ...this.metadata, name: `${this.metadata.name}${suffix}` };
    new ApiObject(this.scope, `Role${suffix}`, {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules: Lazy.any({ produce: () => rulesOf(rights) }),
    });
    new ApiObject(this.scope, `RoleBinding${suffix}`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: this.account.name, namespace: Chart.of(this.scope).namespace }],
    });
    return rights;
  }

  private listText(): string {
    this.text ??= encodeRepaired({ repair: this.name, services: this.services });
    return this.text;
  }

  private tooLarge(): string[] {
    const kilobytes = Math.ceil((JSON.stringify(this.listText()).length + starterFile().jsonLength) / 1024);
    return kilobytes <= LIMIT_KB ? [] : [
      `ConfigMap '${this.metadata.name}' would have ${kilobytes} KB, more than the ${LIMIT_KB} KB that 'kubectl apply' can hold; `
      + `put fewer than ${this.services.length} schedules into one chart`,
    ];
  }
}

/** Rights as rules of a Role: those that differ only by the object's name are one. */
function rulesOf(rights: readonly Right[]): object[] {
  const rules = new Map<string, { right: Right; names: Set<string> }>();
  for (const right of rights) {
    const key = JSON.stringify([right.verbs, right.group, right.resource, right.name === undefined]);
    const rule = rules.get(key) ?? { right, names: new Set<string>() };
    rules.set(key, rule);
    if (right.name !== undefined) {
      rule.names.add(right.name);
    }
  }
  return [...rules.values()].map(({ right: { verbs, group, resource }, names }) => ({
    apiGroups: [group], resources: [resource], ...names.size > 0 ? { resourceNames: [...names] } : {}, verbs,
  }));
}
