{{- /* Names and labels of one component. Given: a dict of root (the chart's scope), component (of stand-in.yaml) and own (its values). */ -}}
{{- define "stand-in.fullname" -}}
{{- $base := .root.Values.fullnameOverride | default (ternary .root.Release.Name (printf "%s-%s" .root.Release.Name .root.Chart.Name) (contains .root.Chart.Name .root.Release.Name)) -}}
{{- printf "%s%s" $base .component.suffix | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "stand-in.selector" -}}
app.kubernetes.io/name: {{ printf "%s" (.component.name | default .root.Chart.Name) }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component.component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "stand-in.labels" -}}
{{ include "stand-in.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
sandbox.fleet/stand-in: "true"
{{- end -}}

{{- define "stand-in.annotations" -}}
sandbox.fleet/stands-for: {{ printf "chart %s %s, which cannot be had without the internet" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "stand-in.account" -}}
{{- (.own.serviceAccount | default dict).name | default (include "stand-in.fullname" .) -}}
{{- end -}}
