#!/bin/sh
# Makes the namespace and registers the search attributes, once the server answers. One-shot; safe to repeat.
set -eu
tries=0
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || { echo "Temporal does not answer at $TEMPORAL_ADDRESS" >&2; exit 1; }
  sleep 2
done
temporal operator namespace describe --namespace default >/dev/null 2>&1 ||
  temporal operator namespace create --namespace default --retention 72h
for attribute in LodestoneTenant=Keyword LodestoneLeadMagnet=Keyword LodestoneState=Keyword LodestoneErrorClass=Keyword LodestoneCostUsd=Double; do
  temporal operator search-attribute create --namespace default --name "${attribute%%=*}" --type "${attribute##*=}"
done
