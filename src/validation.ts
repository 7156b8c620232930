import { formatSome } from './core/time/numbers';
import { parseInstant } from './core/time/wall-clock';
import { Deployed, deployedIn } from './manifests/deployed';
import { PlanFinding, isStopped } from './manifests/finding';
import { findingsOf } from './manifests/findings';
import { Manifest, Position } from './manifests/manifest';

/** What `properties` of the plugin may say in `cdk8s.yaml`. */
export interface PlanValidationProperties {
  /**
   * Whether a warning fails the synth too, and not only an error.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * The instant as seen from which openings are past or ahead, such as `2026-12-01T00:00:00Z`.
   *
   * @default - now
   */
  readonly at?: string;
}

/** What is asked of a validation's context; cdk8s-cli hands over more. */
export interface PlanValidationContext {
  readonly manifests: readonly string[];
  readonly report: {
    addViolation(violation: {
      readonly ruleName: string;
      readonly recommendation: string;
      readonly fix: string;
      readonly violatingResources: readonly { readonly resourceName: string; readonly locations: readonly string[]; readonly manifestPath: string }[];
    }): void;
    submit(status: 'success' | 'failure', metadata?: { readonly [key: string]: string }): void;
  };
  parseManifest(path: string): any[];
}

/**
 * The findings of `prewarm plan`, as a validation plugin of cdk8s-cli.
 *
 * With it in `cdk8s.yaml`, `cdk8s synth` fails where an error keeps a floor from being up and Ready, and its report lists what to do.
 */
export class PlanValidation {
  private readonly strict: boolean;
  private readonly at: number | undefined;

  constructor(properties: PlanValidationProperties = {}) {
    const { strict = false, at, ...unknown } = properties;
    const [strange] = Object.keys(unknown);
    if (strange !== undefined) {
      throw new Error(`'properties' of PlanValidation has '${strange}', which it does not know; it knows 'strict' and 'at'`);
    }
    if (typeof strict !== 'boolean') {
      throw new Error(`'strict' of PlanValidation must be true or false, got ${JSON.stringify(strict)}`);
    }
    this.strict = strict;
    this.at = at === undefined ? undefined : parseInstant('at', at);
  }

  /** Looks at all manifests of the app together, and reports each finding. */
  public async validate(context: PlanValidationContext): Promise<void> {
    const deployed = deployedIn(context.manifests.flatMap(file => context.parseManifest(file).flatMap(object => manifestOf(object, file))));
    const findings = findingsOf({ deployed, now: this.at ?? Date.now(), isExcerpt: false })
      .filter(({ severity, allowed }) => severity !== 'note' && allowed === undefined);
    for (const finding of findings) {
      report(finding, context);
    }
    context.report.submit(isStopped(findings, this.strict) ? 'failure' : 'success', { Looked: summaryOf(deployed, findings) });
  }
}

/** Where a cause stands: cdk8s-cli names fields by their paths, not by lines. */
interface Place extends Position {
  readonly resource: string;
  readonly path: string;
}

function manifestOf(object: any, file: string): Manifest[] {
  const { apiVersion, kind, metadata } = object ?? {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string') {
    return [];
  }
  const { name, namespace } = metadata;
  const at = (...path: readonly (string | number)[]): Place => ({ file, line: 1, column: 1, resource: name, path: path.join('.') });
  return [{ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }), object, at }];
}

function report({ id, severity, sentence, remedy, command, service, position }: PlanFinding, context: PlanValidationContext): void {
  const { resource, path, file } = position as Place | undefined ?? {};
  const way = [...remedy === undefined ? [] : [remedy], ...command === undefined ? [] : [command]].join(': ');
  context.report.addViolation({
    ruleName: `${id} (${severity})`,
    recommendation: service === undefined ? sentence : `${service}: ${sentence}`,
    fix: way || `see '${id}' in docs/reference/findings.md`,
    violatingResources: resource === undefined ? [] : [{ resourceName: resource, locations: path ? [path] : [], manifestPath: file! }],
  });
}

function summaryOf({ services }: Deployed, findings: readonly PlanFinding[]): string {
  const count = (severity: PlanFinding['severity']) => findings.filter(finding => finding.severity === severity).length;
  return [formatSome(services.length, 'plan'), formatSome(count('error'), 'error'), formatSome(count('warning'), 'warning')].join(', ');
}
