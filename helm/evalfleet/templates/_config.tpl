{{/* The settings that every process shares: {root, role}. Secrets stay in their files. */}}
{{- define "evalfleet.config.shared" -}}
{{- $kafka := .root.Values.kafka -}}
kafka:
  bootstrap-servers: {{ $kafka.bootstrapServers | quote }}
  properties:
    client.id: {{ include "evalfleet.name" .root }}-{{ .role }}
{{- with $kafka.properties }}
{{ toYaml . | indent 4 }}
{{- end }}
{{- $sasl := has $kafka.auth.type (list "scram-sha-512" "plain") }}
{{- if or $sasl $kafka.tls.enabled (eq $kafka.auth.type "tls") }}
  security:
    tls: {{ or $kafka.tls.enabled (eq $kafka.auth.type "tls") }}
{{- if $kafka.tls.enabled }}
    ca-file: /etc/evalfleet/kafka-ca/ca.crt
{{- end }}
{{- if $sasl }}
    mechanism: {{ $kafka.auth.type | upper }}
{{- if and .root.Values.topics.strimzi.users (not (get ($kafka.auth.secrets | default dict) .role)) }}
    user: {{ include "evalfleet.kafkaSecret" (dict "root" .root "role" .role) }}
{{- end }}
    password-file: /etc/evalfleet/kafka-user/password
{{- else if eq $kafka.auth.type "tls" }}
    certificate-file: /etc/evalfleet/kafka-user/user.crt
    key-file: /etc/evalfleet/kafka-user/user.key
{{- end }}
{{- end }}
registry:
  urls: {{ toJson .root.Values.registry.urls }}
  auto-register: {{ or .root.Values.registry.autoRegister (eq .role "topics") }}
{{- if eq .root.Values.registry.auth.type "basic" }}
  user: {{ .root.Values.registry.auth.user | quote }}
  password-file: /etc/evalfleet/registry/password
{{- else if eq .root.Values.registry.auth.type "bearer" }}
  bearer-token-file: /etc/evalfleet/registry/token
{{- end }}
topics:
  prefix: {{ .root.Values.topics.prefix | quote }}
  sample-partitions: {{ .root.Values.topics.samplePartitions }}
  replication: {{ .root.Values.topics.replication }}
http: {host: 0.0.0.0, port: 9404}
{{- end -}}

{{- define "evalfleet.config.producer" -}}
{{ include "evalfleet.config.shared" (dict "root" . "role" "producer") }}
producer:
  spool-dir: /var/lib/evalfleet/spool
{{- $folders := list }}
{{- range .Values.producer.taskConfigMaps }}{{ $folders = append $folders (printf "/etc/evalfleet/tasks/%s" .) }}{{ end }}
{{- if .Values.producer.tasksClaim }}{{ $folders = append $folders "/tasks" }}{{ end }}
{{- if .Values.producer.bundledTasks }}{{ $folders = append $folders "/opt/evalfleet/tasks" }}{{ end }}
  task-dirs: {{ toJson $folders }}
{{- $hub := dict "cache-dir" "/var/lib/evalfleet/spool/hub" }}
{{- with .Values.producer.hubTokenSecret }}
{{- if .name }}{{ $_ := set $hub "token-file" (printf "/etc/evalfleet/hub/%s" .key) }}{{ end }}
{{- end }}
{{ toYaml (mergeOverwrite (dict "hub" $hub) .Values.producer.config) | indent 2 }}
{{ include "evalfleet.config.pools" . }}
{{- end -}}

{{/* What makes the topics: the catalogue says how many partitions a pool has. It registers schemas in any case. */}}
{{- define "evalfleet.config.topics" -}}
{{ include "evalfleet.config.shared" (dict "root" . "role" "topics") }}
producer:
{{ include "evalfleet.config.pools" . }}
{{- end -}}

{{/* The pool catalogue. */}}
{{- define "evalfleet.config.pools" }}  pools:
{{- range .Values.pools }}
{{- $pool := include "evalfleet.pool" (dict "root" $ "pool" .) | fromJson }}
{{- $names := list }}
{{- $prices := list }}
{{- range $pool.models }}
{{- $names = append $names .name }}
{{- $price := dict "model" .name }}
{{- if hasKey . "promptTokenPrice" }}{{ $_ := set $price "prompt-token-price" .promptTokenPrice }}{{ end }}
{{- if hasKey . "outputTokenPrice" }}{{ $_ := set $price "output-token-price" .outputTokenPrice }}{{ end }}
{{- if gt (len $price) 1 }}{{ $prices = append $prices $price }}{{ end }}
{{- end }}
    - name: {{ $pool.name }}
      models: {{ toJson $names }}
      concurrency: {{ $pool.concurrency }}
      lag-threshold: {{ $pool.lagThreshold }}
      max-replicas: {{ $pool.maxReplicas }}
      partitions: {{ $pool.partitions }}
      routing: {{ $pool.routing }}
{{- with $pool.lowMark }}
      low-mark: {{ . }}
{{- end }}
{{- with $pool.highMark }}
      high-mark: {{ . }}
{{- end }}
{{- if hasKey $pool "promptTokenPrice" }}
      prompt-token-price: {{ $pool.promptTokenPrice }}
{{- end }}
{{- if hasKey $pool "outputTokenPrice" }}
      output-token-price: {{ $pool.outputTokenPrice }}
{{- end }}
{{- with $prices }}
      model-prices: {{ toJson . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "evalfleet.config.aggregator" -}}
{{ include "evalfleet.config.shared" (dict "root" . "role" "aggregator") }}
aggregator:
  state-dir: /var/lib/evalfleet/state
  standby-replicas: {{ .Values.aggregator.standbyReplicas }}
{{- with .Values.aggregator.config }}
{{ toYaml . | indent 2 }}
{{- end }}
{{- if .Values.aggregator.webhooks }}
  webhooks:
{{- range $i, $webhook := .Values.aggregator.webhooks }}
    - url: {{ $webhook.url | quote }}
{{- if $webhook.secret }}
      secret-file: /etc/evalfleet/webhooks/{{ $i }}/{{ $webhook.secret.key }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "evalfleet.config.dashboard" -}}
{{ include "evalfleet.config.shared" (dict "root" . "role" "dashboard") }}
dashboard:
  host: 0.0.0.0
  port: 8080
{{- if .Values.dashboard.behindProxy }}
  behind-proxy: true
{{- end }}
{{- if .Values.dashboard.tokenSecret }}
  token-file: /etc/evalfleet/dashboard/token
{{- end }}
{{- end -}}

{{/* Settings of a pool's workers: {root, pool}, the pool with its defaults. */}}
{{- define "evalfleet.config.worker" -}}
{{- $pool := .pool -}}
{{ include "evalfleet.config.shared" (dict "root" .root "role" "worker") }}
worker:
  pool: {{ $pool.name }}
  drain-timeout: {{ $pool.drainSeconds }}s
  models:
{{- range $pool.models }}
    - name: {{ .name | quote }}
      backend: {{ $pool.backend }}
      concurrency: {{ $pool.concurrency }}
{{- if eq $pool.backend "openai" }}
      served-name: {{ .servedName | default .name | quote }}
{{- if $pool.modelServer }}
      base-url: http://127.0.0.1:{{ $pool.modelServer.port }}/v1
{{- else }}
      base-urls: {{ toJson (dig "endpoint" "urls" list $pool) }}
{{- with (dig "endpoint" "apiKeySecret" nil $pool) }}
      api-key-file: /etc/evalfleet/endpoint/{{ .key }}
{{- end }}
{{- end }}
{{- else }}
      path: {{ .path | quote }}
      device: {{ ternary "gpu:0" "cpu" (gt (int $pool.gpu.count) 0) }}
{{- end }}
{{- with .settings }}
{{ toYaml . | indent 6 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What publishes requests on a schedule. */}}
{{- define "evalfleet.config.submit" -}}
{{ include "evalfleet.config.shared" (dict "root" . "role" "submit") }}
{{- end -}}
