{{/* Prefix of what this release makes. */}}
{{- define "tollkeeper.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of the operator's Deployment, ServiceAccount and roles. */}}
{{- define "tollkeeper.operator" -}}
{{- include "tollkeeper.fullname" . }}-operator
{{- end -}}

{{- define "tollkeeper.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "tollkeeper.labels" -}}
{{ include "tollkeeper.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name of a chain's ConfigMap; takes (dict "root" $ "chain" name). */}}
{{- define "tollkeeper.chain" -}}
{{- printf "%s-chain-%s" (include "tollkeeper.fullname" .root) .chain -}}
{{- end -}}

{{/* Name of the Secret with a chain's NODE_ADMIN key; takes (dict "root" $ "chain" name "adminKey" value). */}}
{{- define "tollkeeper.adminSecret" -}}
{{- if .adminKey.existingSecret -}}
{{- .adminKey.existingSecret -}}
{{- else -}}
{{- printf "%s-admin" (include "tollkeeper.chain" .) -}}
{{- end -}}
{{- end -}}

{{/* A whole number as decimal digits, however YAML read it. */}}
{{- define "tollkeeper.decimal" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}

{{/* "true" if decimal string a > decimal string b; neither has leading zeros. Takes (list a b). */}}
{{- define "tollkeeper.greater" -}}
{{- $a := index . 0 -}}
{{- $b := index . 1 -}}
{{- if or (gt (len $a) (len $b)) (and (eq (len $a) (len $b)) (gt $a $b)) }}true{{ end -}}
{{- end -}}

{{/* What a chain says, or by default, of the gas money of nodes; as a YAML map. Takes the chain. */}}
{{- define "tollkeeper.gas" -}}
gasFirstWei: {{ .gasFirstWei | default "20000000000000000" | quote }}
gasLowWei: {{ .gasLowWei | default "10000000000000000" | quote }}
gasTargetWei: {{ .gasTargetWei | default "50000000000000000" | quote }}
{{- end -}}

{{/* What the schema cannot say of the chains: every fault at once. */}}
{{- define "tollkeeper.checkChains" -}}
{{- $faults := list -}}
{{- range $name, $chain := .Values.chains -}}
{{- $at := printf "chains.%s" $name -}}
{{- range $field := list "usageAnchor" "feeVault" -}}
{{- if regexMatch "^0x0+$" (index $chain $field) -}}
{{- $faults = append $faults (printf "%s.%s: expected the address of a contract, got zero" $at $field) -}}
{{- end -}}
{{- end -}}
{{- $gas := include "tollkeeper.gas" $chain | fromYaml -}}
{{- if include "tollkeeper.greater" (list $gas.gasLowWei $gas.gasTargetWei) -}}
{{- $faults = append $faults (printf "%s.gasTargetWei: expected at least gasLowWei, which is %s, got %s" $at $gas.gasLowWei $gas.gasTargetWei) -}}
{{- end -}}
{{- if and $chain.adminKey.value $chain.adminKey.existingSecret -}}
{{- $faults = append $faults (printf "%s.adminKey: expected either value or existingSecret, got both" $at) -}}
{{- else if not (or $chain.adminKey.value $chain.adminKey.existingSecret) -}}
{{- $faults = append $faults (printf "%s.adminKey: expected value or existingSecret, got neither" $at) -}}
{{- end -}}
{{- end -}}
{{- if $faults -}}
{{- fail (printf "\n  %s" (join "\n  " $faults)) -}}
{{- end -}}
{{- end -}}
