{{- define "spacelift-promex.chartName" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "spacelift-promex.name" -}}
{{- $name := include "spacelift-promex.chartName" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "spacelift-promex.webhookName" -}}
{{- include "spacelift-promex.name" . | trunc 55 | trimSuffix "-" }}-webhook
{{- end -}}

{{- define "spacelift-promex.selectorLabels" -}}
app.kubernetes.io/name: {{ include "spacelift-promex.chartName" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "spacelift-promex.labels" -}}
{{ include "spacelift-promex.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "spacelift-promex.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "spacelift-promex.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "spacelift-promex.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "spacelift-promex.port" -}}
{{ .Values.listenAddress | splitList ":" | last }}
{{- end -}}

{{- define "spacelift-promex.scheme" -}}
{{- if not .Values.webConfig.tls }}http
{{- else if .Values.webConfig.secretName }}https
{{- else -}}
{{- fail "Set webConfig.secretName, which webConfig.tls needs" -}}
{{- end -}}
{{- end -}}

{{/* Where the API key's secret comes from: "oidc", "secret", or "env" for anything else. */}}
{{- define "spacelift-promex.secretSource" -}}
{{- $variables := list -}}
{{- range .Values.extraEnv }}{{ $variables = append $variables .name }}{{ end -}}
{{- $inEnv := or .Values.extraEnvFrom (has "SPACELIFT_PROMEX_API_KEY_SECRET" $variables) (has "SPACELIFT_PROMEX_API_KEY_SECRET_FILE" $variables) -}}
{{- if and .Values.oidc.enabled .Values.apiKeySecretName -}}
{{- fail "Set either oidc.enabled or apiKeySecretName" -}}
{{- else if .Values.oidc.enabled -}}oidc
{{- else if .Values.apiKeySecretName -}}secret
{{- else if $inEnv -}}env
{{- else -}}
{{- fail "Set apiKeySecretName to a Secret with the key SPACELIFT_PROMEX_API_KEY_SECRET, oidc.enabled, or extraEnv with the secret" -}}
{{- end -}}
{{- end -}}

{{/* An endpoint of a monitor; the argument is (list root monitor). */}}
{{- define "spacelift-promex.endpoint" -}}
{{- $root := index . 0 -}}
{{- $monitor := index . 1 -}}
port: metrics
interval: {{ $monitor.interval }}
scrapeTimeout: {{ $monitor.scrapeTimeout }}
{{- if eq (include "spacelift-promex.scheme" $root) "https" }}
scheme: https
{{- end }}
{{- with $monitor.tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $monitor.basicAuth }}
basicAuth:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* .Values.config, with one flag for each of several values, then .Values.extraArgs. */}}
{{- define "spacelift-promex.args" -}}
{{- $args := list "serve" -}}
{{- range $name, $value := .Values.config -}}
{{- range kindIs "slice" $value | ternary $value (list $value) -}}
{{- $args = append $args (printf "--%s=%s" $name (kindIs "string" . | ternary . (toJson .))) -}}
{{- end -}}
{{- end -}}
{{- concat $args .Values.extraArgs | toYaml -}}
{{- end -}}
