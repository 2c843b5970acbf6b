{{/* Name of everything of this release. */}}
{{- define "evalfleet.name" -}}
{{- $name := .Values.nameOverride | default .Chart.Name -}}
{{- if contains $name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "evalfleet.selector" -}}
app.kubernetes.io/name: evalfleet
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- with .pool }}
evalfleet.dev/pool: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "evalfleet.labels" -}}
{{ include "evalfleet.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Image of a role: {root, role}. */}}
{{- define "evalfleet.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- if $registry }}{{ $registry }}/{{ end }}evalfleet-{{ .role }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{/* A pool with its defaults, as JSON: {root, pool}. */}}
{{- define "evalfleet.pool" -}}
{{- $pool := mergeOverwrite (deepCopy .root.Values.poolDefaults) (deepCopy .pool) -}}
{{- $_ := set $pool "lagThreshold" (int ($pool.lagThreshold | default $pool.concurrency)) -}}
{{- $_ := set $pool "partitions" (int ($pool.partitions | default .root.Values.topics.samplePartitions)) -}}
{{- with $pool.modelServer -}}
{{- if .preset -}}
{{- $preset := get $.root.Values.modelServerPresets .preset | default dict -}}
{{- $_ := set $pool "modelServer" (mergeOverwrite (deepCopy $preset) (deepCopy .)) -}}
{{- end -}}
{{- end -}}
{{- toJson $pool -}}
{{- end -}}

{{- define "evalfleet.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "evalfleet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* Pod parts that all of our processes share: {root, role}. */}}
{{- define "evalfleet.pod" -}}
serviceAccountName: {{ include "evalfleet.name" .root }}-{{ .role }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- if .root.Values.priorityClasses.create }}
priorityClassName: {{ include "evalfleet.name" .root }}-{{ ternary "workers" "control" (eq .role "worker") }}
{{- end }}
securityContext:
{{ include "evalfleet.podSecurity" . | indent 2 }}
{{- end -}}

{{/* Probes and ports of one of our containers. Start-up waits long: a model may have to load. */}}
{{- define "evalfleet.probes" -}}
startupProbe: {httpGet: {path: /live, port: management}, periodSeconds: 2, failureThreshold: 150}
livenessProbe: {httpGet: {path: /live, port: management}, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3}
readinessProbe: {httpGet: {path: /ready, port: management}, periodSeconds: 10, timeoutSeconds: 5}
ports:
  - {name: management, containerPort: 9404}
{{- end -}}

{{- define "evalfleet.kafkaSecret" -}}
{{- $auth := .root.Values.kafka.auth -}}
{{- $own := get ($auth.secrets | default dict) .role -}}
{{- if $own }}{{ $own }}
{{- else if .root.Values.topics.strimzi.users }}{{ include "evalfleet.name" .root }}-{{ .role }}
{{- else }}{{ $auth.secret }}{{ end -}}
{{- end -}}

{{/* Volumes with credentials, and where they are mounted: {root, role}. */}}
{{- define "evalfleet.credentialVolumes" -}}
{{- if ne .root.Values.kafka.auth.type "none" }}
- name: kafka-user
  secret: {secretName: {{ include "evalfleet.kafkaSecret" . }}, defaultMode: 0440}
{{- end }}
{{- if .root.Values.kafka.tls.enabled }}
- name: kafka-ca
  secret: {secretName: {{ .root.Values.kafka.tls.caSecret }}, defaultMode: 0440}
{{- end }}
{{- if ne .root.Values.registry.auth.type "none" }}
- name: registry
  secret: {secretName: {{ .root.Values.registry.auth.secret }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{- define "evalfleet.credentialMounts" -}}
{{- if ne .root.Values.kafka.auth.type "none" }}
- {name: kafka-user, mountPath: /etc/evalfleet/kafka-user, readOnly: true}
{{- end }}
{{- if .root.Values.kafka.tls.enabled }}
- {name: kafka-ca, mountPath: /etc/evalfleet/kafka-ca, readOnly: true}
{{- end }}
{{- if ne .root.Values.registry.auth.type "none" }}
- {name: registry, mountPath: /etc/evalfleet/registry, readOnly: true}
{{- end }}
{{- end -}}

{{/* Changes with the settings, so that pods are replaced when they change. */}}
{{- define "evalfleet.podAnnotations" -}}
checksum/config: {{ .config | sha256sum }}
{{- with .root.Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Variables of one of our containers: {root, role}. The user of a secret is a variable, its password a file. */}}
{{- define "evalfleet.env" -}}
- {name: JAVA_TOOL_OPTIONS, value: {{ .root.Values.jvmOptions | quote }}}
{{- $auth := .root.Values.kafka.auth }}
{{- if has $auth.type (list "scram-sha-512" "plain") }}
{{- if or (get ($auth.secrets | default dict) .role) (not .root.Values.topics.strimzi.users) }}
- name: EVALFLEET_KAFKA_SECURITY_USER
  valueFrom: {secretKeyRef: {name: {{ include "evalfleet.kafkaSecret" . }}, key: username}}
{{- end }}
{{- end }}
{{- end -}}
