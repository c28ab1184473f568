{{- define "herald.name" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 57 | trimSuffix "-" -}}
{{- else if contains "herald" .Release.Name -}}
{{- .Release.Name | trunc 57 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-herald" (.Release.Name | trunc 50 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{/* Never changed by an upgrade: the selector of a Deployment can't be. */}}
{{- define "herald.selector" -}}
app.kubernetes.io/name: herald
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "herald.labels" -}}
{{ include "herald.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "herald.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "herald.name" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "herald.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Relays are no instances: clients and the autoscaler must not find them. */}}
{{- define "herald.relaySelector" -}}
app.kubernetes.io/name: herald-relay
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "herald.relayLabels" -}}
{{ include "herald.relaySelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The stream, as relays and instances are told of it. */}}
{{- define "herald.stream" -}}
HERALD_FEED: {{ .Values.stream.url | quote }}
HERALD_FEED_STREAM: {{ .Values.stream.name | quote }}
{{- with .Values.stream.user }}
HERALD_FEED_USER: {{ . | quote }}
{{- end }}
{{- if .Values.stream.secret }}
{{ get (dict "password" "HERALD_FEED_PASSWORD_FILE" "token" "HERALD_FEED_TOKEN_FILE" "nats.creds" "HERALD_FEED_CREDENTIALS") .Values.stream.secretKey }}: /etc/herald/stream/{{ .Values.stream.secretKey }}
{{- end }}
{{- if .Values.stream.caSecret }}
HERALD_FEED_CA: /etc/herald/stream-ca/ca.crt
{{- end }}
{{- end -}}

{{- define "herald.streamMounts" -}}
{{- if .Values.stream.secret }}
- name: stream
  mountPath: /etc/herald/stream
  readOnly: true
{{- end }}
{{- if .Values.stream.caSecret }}
- name: stream-ca
  mountPath: /etc/herald/stream-ca
  readOnly: true
{{- end }}
{{- end -}}

{{- define "herald.streamVolumes" -}}
{{- with .Values.stream.secret }}
- name: stream
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.stream.caSecret }}
- name: stream-ca
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/* Outgoing connections to the stream. */}}
{{- define "herald.streamEgress" -}}
- to:
    {{- if .Values.networkPolicy.streamCidr }}
    - ipBlock:
        cidr: {{ .Values.networkPolicy.streamCidr }}
    {{- else }}
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.networkPolicy.streamNamespace }}
    {{- end }}
  ports:
    - port: {{ .Values.networkPolicy.streamPort }}
{{- end -}}
