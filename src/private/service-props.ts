import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { given } from './given';
import { DEFAULTS } from '../core/plan/defaults';
import { ReplicaBounds } from '../core/plan/plan';
import { AutoscalingOptions, PrewarmedServiceProps } from '../service-options';

/** How the autoscaler behaves between floor and ceiling; each field replaceable. */
export function autoscalerProps(
  { metrics, scaleUp, scaleDown }: AutoscalingOptions = {}, { floor, ceiling }: ReplicaBounds,
): Omit<kplus.HorizontalPodAutoscalerProps, 'target'> {
  return {
    // the schedule takes the floor out of the manifest and puts the plan's highest ceiling in
    minReplicas: floor,
    maxReplicas: ceiling,
    // whatever version of kplus they are of, they render themselves
    metrics: metrics as kplus.Metric[] | undefined ?? [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(DEFAULTS.targetPercent))],
    // kplus: four pods or 200 % a minute
    scaleUp: {
      stabilizationWindow: Duration.seconds(0),
      policies: [
        { replicas: kplus.Replicas.percent(100), duration: Duration.seconds(15) },
        { replicas: kplus.Replicas.absolute(20), duration: Duration.seconds(15) },
      ],
      ...given(scaleUp),
    },
    // kplus: the floor's number of pods in five minutes, four hours from 100 to 2
    scaleDown: {
      stabilizationWindow: Duration.minutes(5),
      policies: [{ replicas: kplus.Replicas.percent(10), duration: Duration.minutes(1) }],
      ...given(scaleDown),
    },
  };
}

/** The container of a program that starts slowly and meets a flash crowd; each field replaceable. */
export function containerProps(
  props: PrewarmedServiceProps, port: number, startupTime: Duration, tmp: kplus.Volume,
): kplus.ContainerProps {
  const { readinessPath } = props;
  const probe = (options: kplus.ProbeOptions) =>
    readinessPath === undefined ? kplus.Probe.fromTcpSocket({ port, ...options }) : kplus.Probe.fromHttpGet(readinessPath, { port, ...options });
  return {
    image: props.image,
    portNumber: port,
    // every scale-up would depend on the registry
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    // kplus gives 30 seconds, which kills a JVM that starts in 40; four times the declared time is slack for busy nodes
    startup: probe({ periodSeconds: Duration.seconds(2), failureThreshold: Math.max(30, Math.ceil(2 * startupTime.toMilliseconds() / 1000)) }),
    readiness: probe({ periodSeconds: Duration.seconds(5), timeoutSeconds: Duration.seconds(3), failureThreshold: 3 }),
    // endpoints and load balancers need a while to forget a pod; it serves on until then
    lifecycle: { preStop: kplus.Handler.fromCommand(['sleep', '15']) },
    // the root file system is read-only; a JVM or Tomcat wants a place to write
    volumeMounts: [{ path: '/tmp', volume: tmp }],
    ...given(props.container),
  };
}
