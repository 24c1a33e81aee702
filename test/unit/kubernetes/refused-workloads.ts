import { of, type RefusedCase } from './refused-case.ts'

/** What runs and scales Pods. */
export const REFUSED_WORKLOADS: readonly RefusedCase[] = [
  [
    'fewer replicas than none',
    of(
      'apps/v1 Deployment',
      'spec: {replicas: -1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'field.least',
    '-1',
  ],
  [
    'a schedule of four fields',
    of(
      'batch/v1 CronJob',
      'spec: {schedule: "* * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
    ),
    'cron.schedule',
    '"* * * *"',
  ],
  [
    'the minute 61',
    of(
      'batch/v1 CronJob',
      'spec: {schedule: "61 * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
    ),
    'cron.schedule',
    '"61 * * * *"',
  ],
  [
    'a time zone in a schedule',
    of(
      'batch/v1 CronJob',
      'spec: {schedule: "TZ=UTC 1 * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
    ),
    'cron.zone-inside',
    '"TZ=UTC 1 * * * *"',
  ],
  [
    'a time zone that there is not',
    of(
      'batch/v1 CronJob',
      'spec: {schedule: "@daily", timeZone: Tokyo/Asia, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}',
    ),
    'cron.zone',
    'Tokyo/Asia',
  ],
  [
    'fewer completions than none',
    of('batch/v1 Job', 'spec: {completions: -1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}'),
    'field.least',
    '-1',
  ],
  [
    'an index without a number of completions',
    of(
      'batch/v1 Job',
      'spec: {completionMode: Indexed, parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}',
    ),
    'field.missing',
    'spec:',
  ],
  [
    'an operator that there is not',
    of(
      'apps/v1 Deployment',
      'spec: {selector: {matchExpressions: [{key: a, operator: Equals, values: [b]}]}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'field.choice',
    'Equals',
  ],
  [
    'an operator without its values',
    of(
      'apps/v1 Deployment',
      'spec: {selector: {matchLabels: {a: b}, matchExpressions: [{key: a, operator: In}]}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'selector.values',
    'In',
  ],
  [
    'a scaler down to nothing',
    of(
      'autoscaling/v2 HorizontalPodAutoscaler',
      'spec: {minReplicas: 0, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}}',
    ),
    'field.least',
    '0',
  ],
  [
    'a metric of another source',
    of(
      'autoscaling/v2 HorizontalPodAutoscaler',
      'spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}, metrics: [{type: Resource, pods: {metric: {name: a}, target: {type: AverageValue, averageValue: 1}}}]}',
    ),
    'field.missing',
    '{type: Resource',
  ],
  [
    'a metric with two goals',
    of(
      'autoscaling/v2 HorizontalPodAutoscaler',
      'spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 5, averageValue: 1}}}]}',
    ),
    'field.one-of',
    'target:',
  ],
  [
    'a claim of a StatefulSet with a mode that there is not',
    of(
      'apps/v1 StatefulSet',
      'spec: {serviceName: a, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}, volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [RWX]}}]}',
    ),
    'field.choice',
    'RWX',
  ],
  [
    'a Job gone before it ends',
    of('batch/v1 Job', 'spec: {ttlSecondsAfterFinished: -1, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}'),
    'field.least',
    '-1',
  ],
  [
    'a percentage without its sign',
    of('policy/v1 PodDisruptionBudget', 'spec: {minAvailable: "50", selector: {matchLabels: {a: b}}}'),
    'field.percent',
    '"50"',
  ],
  [
    'fewer Pods than none',
    of('policy/v1 PodDisruptionBudget', 'spec: {minAvailable: -1, selector: {matchLabels: {a: b}}}'),
    'field.least',
    '-1',
  ],
  [
    'more Pods than all',
    of('policy/v1 PodDisruptionBudget', 'spec: {minAvailable: 101%, selector: {matchLabels: {a: b}}}'),
    'field.between',
    '101%',
  ],
  [
    'an old controller that selects others',
    of(
      'v1 ReplicationController',
      'spec: {selector: {a: c}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'selector.mismatch',
    'selector:',
  ],
  [
    'a rollout given up before a Pod counts',
    of(
      'apps/v1 Deployment',
      'spec: {minReadySeconds: 700, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'strategy.deadline',
    '700',
  ],
  [
    "a Job's name too long for a label",
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}\n',
    'name.job',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ],
  [
    'a DaemonSet that updates both ways',
    of(
      'apps/v1 DaemonSet',
      'spec: {updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}',
    ),
    'field.exclusive',
    'maxSurge:',
  ],
  [
    'a Deployment with a deadline of Pods',
    of(
      'apps/v1 Deployment',
      'spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {activeDeadlineSeconds: 5, containers: [{name: a, image: b}]}}}',
    ),
    'field.only-with',
    'activeDeadlineSeconds:',
  ],
  [
    'an old controller with nothing to select by',
    of('v1 ReplicationController', 'spec: {template: {spec: {containers: [{name: a, image: b}]}}}'),
    'field.missing',
    'spec:',
  ],
]
