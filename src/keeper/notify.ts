import { createHash } from 'node:crypto';
import { Told } from './findings';
import { KubeApi } from './kube-api';
import { eventReasonOf, textOf } from '../core/finding';
import { Stored } from '../core/kube-objects';
import { isoOf } from '../core/time/instant';

/** How many findings and changes a minute are told to the cluster; the log has them all. */
const MOST_A_MINUTE = 30;
/** For one Event; telling never holds up the floor. */
const TELL_MS = 15_000;
/** The API refuses more. */
const LONGEST_MESSAGE = 1_000;

export interface NotifierOptions {
  readonly service: string;
  readonly manager: string;
  readonly role: string;
  readonly event?: string;
  /** Posts a JSON body to the webhook; absent: there is none. */
  readonly post?: (body: string) => Promise<void>;
  /** Says what could not be told. */
  readonly complain: (message: string) => void;
}

/**
 * Tells changes and findings: as Kubernetes Events on the target, and to the webhook.
 *
 * An Event's name follows from what it says, so of several pods that see the same only the first tells it. What fails here is
 * complained about and never harms the floor.
 */
export class Notifier {
  private queue: Promise<void> = Promise.resolve();
  private told: number[] = [];

  constructor(private readonly api: KubeApi, private readonly options: NotifierOptions) {}

  /** A note as an Event of type `Normal`, the rest as a `Warning`. */
  public tell(target: Stored, finding: Told): void {
    const at = this.api.within(0);
    this.told = this.told.filter(time => time > at - 60_000);
    if (this.told.length < MOST_A_MINUTE) {
      this.told.push(at);
      this.queue = this.queue.then(async () => this.send(target, finding));
    }
  }

  /** Resolves when all is told, or could not be. */
  public async flush(): Promise<void> {
    await this.queue;
  }

  private async send(target: Stored, finding: Told): Promise<void> {
    const type = finding.severity === 'note' ? 'Normal' : 'Warning';
    const reason = eventReasonOf(finding.id);
    const message = textOf(finding).slice(0, LONGEST_MESSAGE);
    const { service, manager, role, event } = this.options;
    const { uid, name, namespace } = target.metadata;
    const time = isoOf(Math.floor(this.api.clock.now() / 1_000) * 1_000);
    try {
      const isFirst = await this.api.createEvent({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.${hashOf([uid, reason, message, finding.occurrence ?? ''].join('\n'))}`, namespace },
        involvedObject: { apiVersion: target.apiVersion, kind: target.kind, name, namespace, uid },
        type,
        reason,
        message,
        source: { component: manager },
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
      }, this.api.within(TELL_MS));
      if (!isFirst) {
        return;
      }
    } catch (error) {
      this.options.complain(`no Event (${reason}): ${(error as Error).message}`);
    }
    try {
      // `text` is what Slack and its likes show; the rest is for programs
      await this.options.post?.(JSON.stringify({ text: `${service}: ${message}`, service, event, role, reason, type, message, time }));
    } catch (error) {
      this.options.complain(`no webhook (${reason}): ${(error as Error).message}`);
    }
  }
}

/** The same in every pod. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
