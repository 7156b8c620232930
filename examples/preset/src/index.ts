// What a platform team writes once and publishes to npm.
import { Duration } from 'cdk8s';
import { EnvValue, Ingress, IngressBackend } from 'cdk8s-plus-28';
import { PrewarmedService, PrewarmedServiceOptions } from 'cdk8s-prewarm';
import { Construct } from 'constructs';

export interface TicketServiceProps extends PrewarmedServiceOptions {
  /** Digest of the release; the registry is ours. */
  readonly release: string;
}

/** What holds unless a squad says otherwise. */
const ACME: PrewarmedServiceOptions = {
  startupTime: Duration.seconds(50),
  baseline: { floor: 3 },
  defaultWindow: { lead: Duration.hours(2) },
  keeper: {
    image: 'registry.acme.example/node:24.21.0',
    priorityClassName: 'acme-critical',
    podLabels: { 'acme.example/cost-centre': 'tickets' },
  },
};

/** What no squad changes; it may add labels of its own. */
const LOCKED = ['keeper.image', 'keeper.podLabels'];

/** By subclass: the squad keeps every child. */
export class TicketService extends PrewarmedService {
  constructor(scope: Construct, id: string, props: TicketServiceProps) {
    const { release, ...asked } = props;
    super(scope, id, {
      ...PrewarmedService.mergeOptions(ACME, asked, { locked: LOCKED }),
      image: `registry.acme.example/${asked.name ?? id}@${release}`,
    });
    this.container.env.addVariable('REGION', EnvValue.fromValue('ap-northeast-2'));
    this.deployment.podMetadata.addAnnotation('acme.example/scrape', 'true');
  }
}

/** By wrapping: only what we choose to show. */
export class Storefront extends Construct {
  public readonly web: TicketService;

  constructor(scope: Construct, id: string, props: TicketServiceProps) {
    super(scope, id);
    this.web = new TicketService(this, 'Web', { name: `${id}-web`, ...props });
    new Ingress(this, 'Ingress', {
      rules: [{ host: `${id}.acme.example`, backend: IngressBackend.fromService(this.web.service) }],
    });
  }
}
