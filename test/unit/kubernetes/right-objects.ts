/** Manifests near the edge of what an API server refuses, and on its right side. */
export const RIGHT: readonly (readonly [what: string, text: string])[] = [
  [
    'a Pod with all of it right',
    `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  os: {name: linux}
  hostNetwork: true
  dnsPolicy: None
  dnsConfig: {nameservers: [1.1.1.1]}
  nodeSelector: {kubernetes.io/os: linux}
  tolerations: [{operator: Exists}, {key: a, value: b}, {key: a, operator: Exists, effect: NoExecute, tolerationSeconds: 3}]
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Gt, values: ["1"]}]}]}
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution: [{weight: 100, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchExpressions: [{key: a, operator: Exists}]}}}]
  securityContext: {runAsUser: 1000, seccompProfile: {type: Localhost, localhostProfile: a.json}}
  initContainers: [{name: s, image: b, restartPolicy: Always, startupProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 1}}]
  containers:
    - name: a
      image: b
      command: [sh]
      env: [{name: A, value: ""}, {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['a/b']"}}}, {name: C, valueFrom: {resourceFieldRef: {resource: limits.hugepages-2Mi}}}, {name: a.b-c, value: x}]
      envFrom: [{prefix: P_, secretRef: {name: a}}]
      ports: [{containerPort: 53, hostPort: 53, protocol: UDP}, {containerPort: 53, hostPort: 53, protocol: TCP}]
      resources: {limits: {cpu: 1, memory: 1Gi, example.com/x: 1, hugepages-2Mi: 4Mi}, requests: {memory: 1Gi, hugepages-2Mi: 4Mi, ephemeral-storage: 1Gi}}
      volumeMounts: [{name: v, mountPath: /a, subPath: x/y}, {name: e, mountPath: /b, subPathExpr: $(A)}]
      lifecycle: {postStart: {httpGet: {port: http}}, preStop: {sleep: {seconds: 1}}}
  volumes:
    - {name: v, projected: {defaultMode: 0400, sources: [{configMap: {name: a, items: [{key: a, path: b, mode: 0777}]}}, {serviceAccountToken: {path: t}}]}}
    - {name: e, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
`,
  ],
  [
    'Services that are right',
    `apiVersion: v1
kind: Service
metadata: {name: a}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8, " 2001:db8::/32"], sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}, ports: [{name: a, port: 80, targetPort: http, nodePort: 30080}, {name: b, port: 80, protocol: UDP, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: b}
spec: {clusterIP: None, selector: {a: b}}
---
apiVersion: v1
kind: Service
metadata: {name: c}
spec: {type: ExternalName, externalName: db.example.com.}
`,
  ],
  [
    'policies that are right',
    `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: a}
spec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32, 10.0.0.0/8]}}, {namespaceSelector: {}, podSelector: {matchLabels: {a: ""}}}], ports: [{port: 1000, endPort: 2000}, {protocol: UDP}, {port: dns}]}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, annotations: {kubernetes.io/ingress.class: z}}
spec: {ingressClassName: z, tls: [{hosts: ["*.example.com"]}, {secretName: a}], rules: [{host: "*.example.com", http: {paths: [{pathType: ImplementationSpecific, backend: {service: {name: a, port: {name: http}}}}, {path: /a/(.*), pathType: ImplementationSpecific, backend: {resource: {apiGroup: a.b, kind: C, name: d}}}]}}, {host: a.b}]}
`,
  ],
  [
    'rights that are right',
    `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:a:b"}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}
rules: [{nonResourceURLs: [/metrics, "*"], verbs: [get]}, {apiGroups: ["*"], resources: ["*", pods/exec], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: a}
subjects: [{kind: ServiceAccount, name: a}, {kind: Group, name: "system:b", apiGroup: rbac.authorization.k8s.io}, {kind: User, name: a@b.c}]
`,
  ],
  [
    'schedules that are right',
    `apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec: {schedule: "0,30 9-17/2 1 * MON-FRI", timeZone: Etc/UTC, jobTemplate: {spec: {completionMode: Indexed, completions: 3, backoffLimitPerIndex: 1, ttlSecondsAfterFinished: 0, podFailurePolicy: {rules: []}, template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: b}
spec: {schedule: "@every 1h30m", jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: a, image: b}]}}}}}
`,
  ],
  [
    'scalers that are right',
    `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: a}
spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}, behavior: {scaleDown: {stabilizationWindowSeconds: 0, policies: [{type: Percent, value: 100, periodSeconds: 15}]}}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 5}}}, {type: ContainerResource, containerResource: {name: cpu, container: a, target: {type: AverageValue, averageValue: 100m}}}, {type: External, external: {metric: {name: a}, target: {type: Value, value: 30}}}]}
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {name: b}
spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: a, apiVersion: apps/v1}, targetCPUUtilizationPercentage: 50}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: a}
spec: {minAvailable: 100%, selector: {}}
`,
  ],
  [
    'limits that are right',
    `apiVersion: v1
kind: ResourceQuota
metadata: {name: a}
spec: {hard: {requests.cpu: 1, pods: "10", count/deployments.apps: 5, requests.nvidia.com/gpu: 4, gold.storageclass.storage.k8s.io/requests.storage: 1Gi, hugepages-2Mi: 4Mi, services.loadbalancers: 0}}
---
apiVersion: v1
kind: LimitRange
metadata: {name: a}
spec: {limits: [{type: Container, max: {cpu: 2}, min: {cpu: 100m}, default: {cpu: 1}, defaultRequest: {cpu: 500m}, maxLimitRequestRatio: {cpu: 10}}, {type: PersistentVolumeClaim, min: {storage: 1Gi}}]}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: a}
value: -1000
`,
  ],
  [
    'a Pod in the flow style that kubectl writes (KYAML)',
    `---
{
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "a",
  },
  spec: {
    restartPolicy: "Never", # once
    containers: [{
      name: "a",
      image: "b",
      command: [
        "sh",
        "-c",
      ],
      # both protocols of one port
      ports: [{
        containerPort: 53,
        protocol: "UDP",
      }, {
        containerPort: 53,
        protocol: "TCP",
      }],
    }],
  },
}
`,
  ],
  [
    'a definition whose schema has defaults, choices and what may be of two kinds',
    `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: toys.example.com}
spec:
  group: example.com
  scope: Namespaced
  preserveUnknownFields: false
  names: {plural: toys, kind: Toy}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            size: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], default: 3, enum: [3, "all", null]}
            tags: {type: array, items: {type: string}, default: [a], example: {b: c}}
            more: {type: object, additionalProperties: {type: string}}
            any: {type: object, additionalProperties: true}
      subresources: {status: {}, scale: {specReplicasPath: .spec.a, statusReplicasPath: .status.a}}
`,
  ],
  [
    'a Secret whose type is a word of another language',
    `apiVersion: v1
kind: Secret
metadata: {name: a}
type: constructor
`,
  ],
]
